/** A column that refers to a row of another table, by foreign key or by its name. */
export type Link = Readonly<{
  child: string;
  column: string;
  /** Every row of the child has a parent. */
  isRequired: boolean;
  parent: string;
  parentColumn: string;
  /**
   * `owned`: a row goes with its parent. `blocking`: the parent cannot go before the row. `loose`: the row stays without
   * its parent.
   */
  strength: 'owned' | 'blocking' | 'loose';
}>;

/** Rows of one table, and the columns that lead from them to what is deleted, step by step. */
export type DeletionStep = Readonly<{ table: string; path: readonly Link[] }>;

/**
 * The tables that have rows of a root table's row, each with its way there; those that refer to others stand before
 * them. A table whose rows all have an owner is reached through the nearest one. One that may have different owners,
 * like pictures, is reached through each. Deleting along this plan never leaves more than a chunk to what foreign keys
 * cascade to.
 */
export function planDeletion(root: string, links: readonly Link[]): DeletionStep[] {
  const owning = links.filter(({ child, parent, strength, isRequired }) => {
    const isOwned = strength === 'owned' || (strength === 'blocking' && isRequired);
    return isOwned && child !== parent && child !== root;
  });
  const paths = findPaths(root, owning);
  paths.delete(root);
  return childrenFirst([...paths.keys()], links).flatMap((table) =>
    (paths.get(table) ?? []).map((path) => ({ table, path })),
  );
}

/** By table, from the root outwards: one path through owners that are required, else one through each possible owner. */
function findPaths(root: string, owning: readonly Link[]): Map<string, Link[][]> {
  const paths = new Map<string, Link[][]>([[root, [[]]]]);
  const extend = (link: Link): Link[][] =>
    (paths.get(link.parent) ?? []).map((path) => [link, ...path]);
  const reachable = (isRequired: boolean): Link[] =>
    owning.filter(
      (link) => link.isRequired === isRequired && !paths.has(link.child) && paths.has(link.parent),
    );
  for (;;) {
    const required = nearest(reachable(true), paths);
    for (const link of required) paths.set(link.child, extend(link));
    if (required.length > 0) continue;
    const optional = Map.groupBy(reachable(false), ({ child }) => child);
    for (const [child, links] of optional) paths.set(child, links.flatMap(extend));
    if (optional.size === 0) return paths;
  }
}

/** Of the links that are one step away, those with the shortest way to the root, one for each child. */
function nearest(links: readonly Link[], paths: ReadonlyMap<string, Link[][]>): Link[] {
  const length = ({ parent }: Link): number => paths.get(parent)?.[0]?.length ?? 0;
  const shortest = Math.min(...links.map(length));
  const byChild = Map.groupBy(
    links.filter((link) => length(link) === shortest),
    ({ child }) => child,
  );
  return [...byChild.values()].flatMap((candidates) => candidates.slice(0, 1));
}

function childrenFirst(tables: readonly string[], links: readonly Link[]): string[] {
  const holding = links.filter(
    ({ child, parent, strength }) => strength !== 'loose' && child !== parent,
  );
  const ordered: string[] = [];
  let waiting = [...tables];
  while (waiting.length > 0) {
    const parents = new Set(
      holding.filter(({ child }) => waiting.includes(child)).map(({ parent }) => parent),
    );
    const free = waiting.filter((table) => !parents.has(table));
    // Tables that refer to each other in a circle are left to what their foreign keys say.
    const next = free.length > 0 ? free : waiting;
    ordered.push(...next);
    waiting = waiting.filter((table) => !next.includes(table));
  }
  return ordered;
}
