import type { z } from 'zod';
import { AppError } from '../../domain/errors.ts';
import { NON_FIELD_ERRORS } from './collections.ts';

type ErrorTree = { [field: string]: string[] | ErrorTree };

/**
 * @throws AppError invalid_input with the errors of all fields at once, in the shape of releases-api 1.2; those
 *   inside a list stand right under the list's name, without an index (2.6).
 */
export function validateBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors: ErrorTree = {};
  for (const { path, message } of parsed.error.issues) addError(errors, path, message);
  throw new AppError('invalid_input', parsed.error.issues[0]?.message ?? 'Invalid input', {
    body: errors,
  });
}

function addError(errors: ErrorTree, path: readonly PropertyKey[], message: string): void {
  const fields = path.filter((part) => typeof part === 'string');
  const last = fields.pop() ?? NON_FIELD_ERRORS;
  let tree = errors;
  for (const field of fields) {
    const inner = tree[field];
    tree = inner === undefined || Array.isArray(inner) ? (tree[field] = {}) : inner;
  }
  const messages = tree[last];
  if (Array.isArray(messages)) messages.push(message);
  else tree[last] = [message];
}
