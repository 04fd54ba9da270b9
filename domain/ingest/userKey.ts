import { isObject, nonBlank } from './eventFields.ts';
import type { Json } from './trimData.ts';

/** The first of these that an event has says who it was, as clients tag it. */
const parts: readonly (readonly [field: string, name: string])[] = [
  ['id', 'id'],
  ['email', 'email'],
  ['username', 'username'],
  ['ip_address', 'ip'],
];

/** What clients send for "the address that this came from", which is nobody's. */
const PLACEHOLDER = '{{auto}}';

/** What tells the person of an event from others, such as `id:7`; null when it names nobody. */
export function userKey(event: Readonly<Record<string, Json>>): string | null {
  const user = event['user'];
  if (!isObject(user)) return null;
  for (const [field, name] of parts) {
    const value = nonBlank(user[field]);
    if (value !== null && value !== PLACEHOLDER) return `${name}:${value}`;
  }
  return null;
}
