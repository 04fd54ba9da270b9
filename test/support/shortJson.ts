const LENGTH_MAX = 80;

/** A value for a title: long texts that only test a limit are cut. */
export function shortJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX)}…` : text;
}
