/** Switches in query strings: clients write `1` or `true`. */
export function isTruthy(value: string | null): boolean {
  return value === '1' || value === 'true';
}
