/** A LIKE pattern for "contains this text", with nothing in the text read as a wildcard. */
export function containsPattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
