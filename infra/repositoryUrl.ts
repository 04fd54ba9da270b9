import { assertSafeUrl, UnsafeUrlError, type UrlPolicy, type UrlScheme } from './outboundUrl.ts';

/** A name that takes longer to resolve is checked when it is used, as every name is. */
const RESOLVE_DEADLINE_MS = 2_000;

/**
 * What keeps a URL from being stored as the address of a repository or its API, in words; null when nothing does.
 * Connections are guarded anew whenever one is made, because a name may lead elsewhere by then: this is for the person
 * who makes the mistake, or tries.
 */
export async function repositoryUrlProblem(
  text: string,
  policy: UrlPolicy,
  schemes: readonly UrlScheme[],
): Promise<string | null> {
  try {
    const { scheme, credentials } = await assertSafeUrl(
      text,
      { ...policy, allowPrivate: true },
      // Only the form for now: the name may not resolve from here at all.
      { schemes, resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) },
    );
    const isPersonal = scheme === 'http:' || scheme === 'https:';
    if (credentials !== null && (isPersonal || credentials.password !== '')) {
      return 'a URL holds no credentials, because it is shown; give the token apart';
    }
    if (!policy.allowPrivate) await withDeadline(assertSafeUrl(text, policy, { schemes }));
    return null;
  } catch (error) {
    // Anything else is the resolver's, and may be gone when the name is needed.
    return error instanceof UnsafeUrlError ? error.message : null;
  }
}

async function withDeadline(check: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, RESOLVE_DEADLINE_MS);
  });
  try {
    await Promise.race([check, deadline]);
  } finally {
    clearTimeout(timer);
    // Nobody listens any more when the deadline came first.
    check.catch(() => undefined);
  }
}
