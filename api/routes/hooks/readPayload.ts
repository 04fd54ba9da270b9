import type { z } from 'zod';
import { badRequest } from '../../../domain/errors.ts';

/** @throws AppError 400 that names the first place where the payload is not what the host promises. */
export function readPayload<T>(
  schema: z.ZodType<T>,
  payload: unknown,
  host: string,
  event: string,
): T {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.join('.') ?? '';
  throw badRequest(
    `The body is no ${event} of ${host}${place === '' ? '' : `: look at ${place}`}.`,
  );
}
