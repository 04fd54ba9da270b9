/** Whether a text is a UUID as answers write it, with dashes: Postgres refuses to compare anything else with one. */
export function isUuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}
