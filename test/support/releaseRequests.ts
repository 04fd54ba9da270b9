/** The organization list of the test tenant, where its releases are also created. */
export const releasesPath = '/api/0/organizations/acme/releases/';

export function releasePath(version: string, rest = ''): string {
  return `${releasesPath}${encodeURIComponent(version)}/${rest}`;
}

/** The same release through a project. */
export function projectReleasesPath(project: string): string {
  return `/api/0/projects/acme/${project}/releases/`;
}

export function sha(seed: number): string {
  return seed.toString(16).padStart(40, '0');
}

/** A commit as pipelines send it; later ones are newer. */
export function commitOf(seed: number, more: Record<string, unknown> = {}) {
  return {
    id: sha(seed),
    repository: 'acme/web',
    message: `change ${seed}`,
    author_name: 'Noor Haddad',
    author_email: 'noor@acme.test',
    timestamp: new Date(Date.UTC(2026, 0, 1) + seed * 60_000).toISOString(),
    ...more,
  };
}
