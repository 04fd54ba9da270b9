import { badRequest } from '../../domain/errors.ts';
import { parseUrlEncoded } from './urlEncoded.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A form as the kind of object that a JSON body is. Of a repeated field the last value counts, except for
 * `listFields`, which become lists. An uploaded file stays a File, which no text field accepts.
 * @throws AppError 400 for a body that is malformed or not UTF-8.
 */
export async function parseFormBody(
  bytes: Uint8Array,
  contentType: string,
  listFields: readonly string[] = [],
): Promise<Record<string, unknown>> {
  const text = decode(bytes);
  const isMultipart = contentType.trimStart().toLowerCase().startsWith('multipart/');
  const entries = isMultipart
    ? await readMultipart(bytes, contentType)
    : parseUrlEncoded(text, 'The form');
  const lists = new Map(listFields.map((field) => [field, [] as unknown[]]));
  const fields = entries.map(([name, value]): [string, unknown] => {
    const list = lists.get(name);
    list?.push(value);
    return [name, list ?? value];
  });
  return Object.fromEntries(fields);
}

/** Of multipart bodies too: no endpoint takes files, so binary parts have no place in one. */
function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw badRequest('The form is not valid UTF-8');
  }
}

async function readMultipart(
  bytes: Uint8Array,
  contentType: string,
): Promise<[string, string | File][]> {
  const response = new Response(new Uint8Array(bytes), {
    headers: { 'content-type': contentType },
  });
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- warned of for unbounded streams; this body is capped and in memory
    return [...(await response.formData())];
  } catch {
    throw badRequest('Multipart form parse error - the body does not match its boundary');
  }
}
