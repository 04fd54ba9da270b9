/** As far as repeats go: two rows that say the same in a row are one. */
type Entry = Readonly<{
  type: string;
  ident: string | null;
  user: Readonly<{ id: string }> | null;
  data: unknown;
}>;

/**
 * A timeline without rows that repeat the one before; notes are always said again (groups-projects-orgs 1.2).
 * @param newestFirst as listed.
 */
export function withoutRepeats<T extends Entry>(newestFirst: readonly T[]): T[] {
  return newestFirst.filter((entry, index) => {
    const before = newestFirst[index - 1];
    return before === undefined || entry.type === 'note' || keyOf(entry) !== keyOf(before);
  });
}

function keyOf({ type, ident, user, data }: Entry): string {
  return JSON.stringify([type, ident, user?.id, data]);
}
