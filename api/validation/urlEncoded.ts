import { badRequest } from '../../domain/errors.ts';

/**
 * Names and values of a query string or a form body, in order. Not URLSearchParams, which replaces broken UTF-8
 * instead of reporting it.
 * @param subject what the text is, for the error.
 * @throws AppError 400 for what is not UTF-8.
 */
export function parseUrlEncoded(text: string, subject: string): [name: string, value: string][] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [decodeComponent(name, subject), decodeComponent(value.join('='), subject)];
    });
}

function decodeComponent(text: string, subject: string): string {
  if (!/[%+]/.test(text)) return text;
  // A percent sign that encodes nothing stands for itself, as in every other form decoder.
  const encoded = text.replaceAll('+', ' ').replace(/%(?![\da-f]{2})/gi, '%25');
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw badRequest(`${subject} is not valid UTF-8`);
  }
}
