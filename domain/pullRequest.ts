export const pullRequestStates = ['open', 'locked', 'closed', 'merged', 'superseded'] as const;

export type PullRequestState = (typeof pullRequestStates)[number];

/** A pull request, or merge request, as a host or a script tells it; what it does not tell is null. */
export type PullRequestInput = Readonly<{
  /** The number at the host. */
  key: string;
  title: string | null;
  message: string | null;
  author: Readonly<{ name: string | null; email: string }> | null;
  /** The commit that brought it into the branch: a release with it contains the pull request. */
  mergeCommitSha: string | null;
  state: PullRequestState | null;
}>;

export const PULL_REQUEST_KEY_LENGTH_MAX = 64;

/** Which issues it resolves is said in its message or its title (groups-projects-orgs 1.2). */
export function pullRequestText({
  message,
  title,
}: Pick<PullRequestInput, 'message' | 'title'>): string {
  return `${message ?? ''} ${title ?? ''}`;
}
