// A segment of dots alone would lead to another place of the API.
const pattern = /^((?!\.+\/)[\w.-]{1,100}\/(?!\.+#)[\w.-]{1,100})#(\d{1,12})$/;

export type GitHubIssueKey = Readonly<{ repository: string; number: string }>;

/** An issue as GitHub names it, `owner/name#12`; null for any other text. */
export function parseGitHubIssueKey(text: string): GitHubIssueKey | null {
  const [, repository, number] = pattern.exec(text) ?? [];
  return repository === undefined || number === undefined ? null : { repository, number };
}
