import type { z } from 'zod';
import { AdminError, UsageError } from './command.ts';

/**
 * `key=value` words, each value read by the schema of its key. Values are JSON where that fits (`true`, `5`, `null`,
 * `["a"]`), else the text itself, else a list of what stands between commas.
 * @throws UsageError for a word without `=`; AdminError for an unknown key or a value that does not fit.
 */
export function readAssignments(
  words: readonly string[],
  schemas: Readonly<Record<string, z.ZodType>>,
): Map<string, unknown> {
  return new Map(
    words.map((word) => {
      const [, key, text] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
      if (key === undefined || text === undefined) {
        throw new UsageError(`"${word}" is not of the form key=value.`);
      }
      const schema = Object.hasOwn(schemas, key) ? schemas[key] : undefined;
      if (schema === undefined) {
        throw new AdminError(
          `Unknown key "${key}". Known ones: ${Object.keys(schemas).join(', ')}.`,
        );
      }
      return [key, readValue(key, text, schema)];
    }),
  );
}

function readValue(key: string, text: string, schema: z.ZodType): unknown {
  const list = text === '' ? [] : text.split(',').map((part) => part.trim());
  const readings = [...parseJson(text), text, list];
  for (const reading of readings) {
    const parsed = schema.safeParse(reading);
    if (parsed.success) return parsed.data;
  }
  // The first reading is the likeliest, so what is wrong with it is the most useful thing to say.
  const problems = schema.safeParse(readings[0]).error?.issues ?? [];
  const why = problems.map(({ message }) => message.replace(/\.$/, '')).join('; ');
  throw new AdminError(`"${text}" is no value for ${key}: ${why}.`);
}

function parseJson(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}
