const plainPattern = /^[\da-f]{32}$/i;
const dashedPattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** 32 lower-case hex digits from either way to write a UUID; null for anything else. */
export function parseUuid(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (plainPattern.test(value)) return value.toLowerCase();
  return dashedPattern.test(value) ? value.replaceAll('-', '').toLowerCase() : null;
}
