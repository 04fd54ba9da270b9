import { AppError } from '../../domain/errors.ts';

/** Why Postgres could not store a text as it is; null when it can. The texts are those of the field errors. */
export function unstorableText(text: string): string | null {
  if (text.includes('\0')) return 'Null characters are not allowed.';
  if (text.isWellFormed()) return null;
  const surrogate = /\p{Surrogate}/u.exec(text)?.[0].charCodeAt(0) ?? 0;
  return `Surrogate characters are not allowed: U+${surrogate.toString(16).toUpperCase()}.`;
}

/** Limits count characters as Postgres does, not UTF-16 units. */
export function isLongerThan(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || Array.from(text).length > max);
}

/**
 * The error of one value inside a body, in the nested shape of releases-api 2.6: fields by name, no list indexes.
 * Without a field on the way the message becomes `detail`.
 */
export function errorAt(path: readonly (string | number)[], message: string): AppError {
  const fields = path.filter((part) => typeof part === 'string');
  if (fields.length === 0) return new AppError('invalid_input', message);
  const nested = fields.reduceRight<unknown>((inner, field) => ({ [field]: inner }), [message]);
  return new AppError('invalid_input', message, { body: nested as Record<string, unknown> });
}
