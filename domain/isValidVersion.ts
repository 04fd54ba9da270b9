import { trimWhitespace } from './trimWhitespace.ts';

/** Words that paths and searches use for something else. */
const reservedNames = new Set(['', '.', '..', 'latest']);

/** Separators of paths and lines, and what Postgres cannot store. */
const forbiddenCharacters = /[\r\n\t\f/\\\0]/;

/**
 * The rule that every new release passes, whichever way it comes in (releases-api 2.1).
 * Lengths are the business of the field that carries the version.
 */
export function isValidVersion(version: string): boolean {
  return (
    !forbiddenCharacters.test(version) &&
    version.isWellFormed() &&
    !reservedNames.has(trimWhitespace(version).toLowerCase())
  );
}

/** The text of the validation error, with the version as it was sent. */
export function invalidVersionMessage(version: string): string {
  return `Release with name ${version} is not allowed`;
}
