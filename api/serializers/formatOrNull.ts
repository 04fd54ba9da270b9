import { formatDateTime } from '../../domain/dateTime.ts';

/** A date that may be missing. */
export function formatOrNull(timestamp: string | null): string | null {
  return timestamp === null ? null : formatDateTime(timestamp);
}
