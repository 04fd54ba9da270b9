import { AppError } from '../errors.ts';

/** 400 in the shape of traces-health 4.5: what failed, and why, outermost reason first. */
export function envelopeError(detail: string, ...causes: string[]): AppError {
  return new AppError('invalid_input', detail, {
    body: { detail, ...(causes.length === 0 ? {} : { causes }) },
  });
}
