import type { NormalisedCommits } from './commitList.ts';

/** The commits from `from` up to `to` with their file changes, as a list of its own. */
export function sliceCommits(list: NormalisedCommits, from: number, to: number): NormalisedCommits {
  const commits = list.commits.slice(from, to);
  return {
    ...list,
    commits,
    commitCount: commits.length,
    fileChanges: list.fileChanges
      .filter(({ commit }) => commit >= from && commit < to)
      .map((change) => ({ ...change, commit: change.commit - from })),
  };
}
