import { ScmError } from '../errors.ts';
import type { Mirror } from './mirror.ts';

const fullShaPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const shortShaPattern = /^[0-9a-f]{4,63}$/;
/** git-check-ref-format(1), and no leading dash. Nothing here is special to ls-remote's own patterns. */
const refPattern =
  // eslint-disable-next-line no-control-regex -- they are what it excludes.
  /^(?![-/.]|.*(?:\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)))[^\u0000-\u0020\u007f~^:?*[\\]*[^\u0000-\u0020\u007f~^:?*[\\./]$/;

/**
 * The full sha of whatever names a commit, asking the server for as little as possible. Tags win over branches, and
 * both over short shas, as git has it. A sha from a ref need not be in the mirror afterwards.
 */
export async function findCommit(
  mirror: Mirror,
  ref: string,
  repository: string,
): Promise<string | null> {
  const sha = ref.toLowerCase();
  if (fullShaPattern.test(sha)) return mirror.ensure(sha, 'head');
  if (!refPattern.test(ref)) {
    throw new ScmError('invalid', { repository, sha: ref, detail: 'that does not name a commit' });
  }
  const named = await findRef(mirror, ref);
  if (named !== null || !shortShaPattern.test(sha)) return named;
  return (await mirror.findLocal(sha)) ?? (await findAmongAll(mirror, sha));
}

async function findRef(mirror: Mirror, ref: string): Promise<string | null> {
  const names =
    ref === 'HEAD' || ref.startsWith('refs/') ? [ref] : [`refs/tags/${ref}`, `refs/heads/${ref}`];
  const candidates = names.flatMap((name) => [`${name}^{}`, name]);
  const refs = await mirror.remoteRefs(candidates);
  return candidates.map((name) => refs.get(name)).find((sha) => sha !== undefined) ?? null;
}

/** Only the whole history can tell what a short sha stands for. */
async function findAmongAll(mirror: Mirror, sha: string): Promise<string | null> {
  await mirror.fetchAll();
  return mirror.findLocal(sha);
}
