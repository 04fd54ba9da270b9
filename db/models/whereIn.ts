/** A column of a key; its name and type are constants of the code. */
type Column = Readonly<{ name: string; type: 'bigint' | 'text' }>;

/** How a statement asks for rows with one of these keys; the suffix belongs to its name. */
export type WhereIn = Readonly<{ suffix: string; condition: string; parameters: unknown[] }>;

/**
 * One key, which is what most look-ups have, is asked for by plain equality: Postgres plans that once. A list is another
 * statement, because its length is part of what a plan costs, and Postgres would plan it anew each time.
 * @param keys each with a value for every column.
 */
export function whereIn(columns: readonly Column[], keys: readonly (readonly string[])[]): WhereIn {
  const names = columns.map(({ name }) => name).join(', ');
  const [only, ...more] = keys;
  if (only !== undefined && more.length === 0) {
    return {
      suffix: '',
      condition: columns.map(({ name }, index) => `${name} = $${index + 1}`).join(' and '),
      parameters: [...only],
    };
  }
  const lists = columns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ');
  return {
    suffix: '_many',
    condition: `(${names}) in (select * from unnest(${lists}))`,
    parameters: columns.map((_, index) => keys.map((key) => key[index])),
  };
}

/** A key of two columns: `{organizationId}:{name}`, where the name may contain anything. */
export function splitPlace(place: string): [organizationId: string, name: string] {
  const colon = place.indexOf(':');
  return [place.slice(0, colon), place.slice(colon + 1)];
}
