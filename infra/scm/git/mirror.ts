import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ScmError } from '../errors.ts';
import type { ScmContext } from '../provider.ts';
import { isBrokenMirror, isMissingObject, isRedirect, isUnadvertisedObject } from './gitErrors.ts';
import { GitExitError } from './gitProcess.ts';
import type { GitRemote } from './gitRemote.ts';
import type { GitRunner } from './gitRunner.ts';
import {
  createWhole,
  discard,
  exists,
  markUsed,
  mirrorPath,
  packBytes,
  pruneMirrors,
} from './mirrorFolder.ts';
import { withMirrorLock } from './mirrorLock.ts';

export type MirrorOptions = Readonly<{
  folder: string;
  runner: GitRunner;
  fetchTimeoutMs: number;
  bytesMax: number;
}>;

/** Reading refs or history that is there already takes milliseconds; this is for a disk that hangs. */
const LOCAL_TIMEOUT_MS = 30_000;
const REFS_TIMEOUT_MS = 30_000;
const MAINTENANCE_TIMEOUT_MS = 60_000;
const SIZE_CHECK_MS = 1_000;

/** Everything that a branch or a tag reaches, for servers that hand out nothing else. */
const ALL_REFS = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];

/**
 * A bare copy of a repository's history without file contents, filled as needed: names of changed files need
 * commits and trees, never blobs. Commits that were asked for stay reachable by a ref, at most one per first byte
 * of the sha, which is what later fetches tell the server that they have.
 */
export class Mirror {
  readonly path: string;
  private readonly options: MirrorOptions;
  private readonly repository: string;
  private remote: GitRemote;
  private readonly context: ScmContext;

  private constructor(
    options: MirrorOptions,
    repository: string,
    remote: GitRemote,
    context: ScmContext,
  ) {
    this.path = mirrorPath(options.folder, remote.mirrorKey);
    this.options = options;
    this.repository = repository;
    this.remote = remote;
    this.context = context;
  }

  static async open(
    options: MirrorOptions,
    repository: string,
    remote: GitRemote,
    context: ScmContext,
  ): Promise<Mirror> {
    const mirror = new Mirror(options, repository, remote, context);
    await mirror.create();
    await markUsed(mirror.path);
    return mirror;
  }

  /** The full sha of a commit that is here already; peels tags. */
  async findLocal(revision: string): Promise<string | null> {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
    return this.localOrNull(args);
  }

  /** The same, fetched when it is not here; null when the server does not have it. */
  async ensure(sha: string, anchor: 'head' | 'base'): Promise<string | null> {
    const known = await this.findLocal(sha);
    if (known !== null) return known;
    return this.locked(async () => {
      // Whoever held the lock before may have brought it.
      const brought = await this.findLocal(sha);
      if (brought !== null) return brought;
      try {
        await this.fetch([`+${sha}:refs/slipway/${anchor}/${sha.slice(0, 2)}`]);
      } catch (error) {
        if (isMissingObject(error)) return null;
        if (!isUnadvertisedObject(error)) throw error;
        await this.fetch(['--prune', ...ALL_REFS]);
      }
      return this.findLocal(sha);
    });
  }

  /** Brings all branches and tags. */
  async fetchAll(): Promise<void> {
    await this.locked(() => this.fetch(['--prune', ...ALL_REFS]));
  }

  /** Refs of the server and the objects they lead to, of those that match exactly. */
  async remoteRefs(names: readonly string[]): Promise<Map<string, string>> {
    const output = await this.overNetwork(() =>
      this.options.runner.run({
        ...this.call(['ls-remote', '--quiet', 'origin', ...names], REFS_TIMEOUT_MS),
        remote: this.remote,
      }),
    );
    const refs = output.split('\n').map((line) => line.split('\t'));
    return new Map(refs.flatMap(([sha, name]) => (sha && name ? [[name, sha] as const] : [])));
  }

  /** Stops at the first ref: some repositories have a hundred thousand. */
  async isRemoteEmpty(): Promise<boolean> {
    const call = {
      ...this.call(['ls-remote', '--quiet', 'origin'], REFS_TIMEOUT_MS),
      remote: this.remote,
    };
    for await (const _refs of this.options.runner.stream(call)) return false;
    return true;
  }

  /** Where two histories part; null when they have nothing in common. */
  async mergeBase(base: string, head: string): Promise<string | null> {
    return this.localOrNull(['merge-base', base, head]);
  }

  async count(revisions: readonly string[]): Promise<number> {
    return Number(
      await this.local(['rev-list', '--count', '--end-of-options', ...revisions, '--']),
    );
  }

  /** Commits whose parents the server itself does not have. */
  async shallowCommits(): Promise<ReadonlySet<string>> {
    const text = await readFile(join(this.path, 'shallow'), 'utf8').catch(() => '');
    return new Set(text.split('\n').filter((line) => line !== ''));
  }

  log(args: readonly string[]): AsyncGenerator<Buffer, void, undefined> {
    return this.options.runner.stream(this.call(['log', ...args], this.options.fetchTimeoutMs));
  }

  /** Reads history out of the mirror; one that turns out to be broken is gone before the next attempt. */
  async *guard<T>(reading: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    try {
      yield* reading;
    } catch (error) {
      if (isBrokenMirror(error)) await discard(this.path);
      throw error;
    }
  }

  private async localOrNull(args: readonly string[]): Promise<string | null> {
    try {
      return (await this.local(args)).trim() || null;
    } catch (error) {
      if (error instanceof GitExitError) return null;
      throw error;
    }
  }

  private local(args: readonly string[]): Promise<string> {
    return this.options.runner.run(this.call(args, LOCAL_TIMEOUT_MS));
  }

  private call(args: readonly string[], timeoutMs: number) {
    return { args, timeoutMs, gitDir: this.path, remote: null, context: this.context };
  }

  private async create(): Promise<void> {
    if (await exists(this.path)) return;
    await createWhole(this.path, async (gitDir) => {
      const args = ['init', '--quiet', '--bare', '--template=', '--initial-branch=main'];
      await this.options.runner.run({ ...this.call(args, LOCAL_TIMEOUT_MS), gitDir });
    });
    await pruneMirrors(this.options.folder);
  }

  /** A mirror that a killed process has left unusable is thrown away, once, and filled anew. */
  private locked<T>(work: () => Promise<T>): Promise<T> {
    return withMirrorLock(this.path, this.context, async () => {
      await this.removeLeftovers();
      try {
        return await work();
      } catch (error) {
        if (!isBrokenMirror(error)) throw error;
        await discard(this.path);
        await this.create();
        return work();
      }
    });
  }

  /** Downloads that were killed midway: only the owner of the lock writes packs. */
  private async removeLeftovers(): Promise<void> {
    const packs = join(this.path, 'objects', 'pack');
    const names = await readdir(packs).catch(() => []);
    await Promise.all(
      names
        .filter((name) => name.startsWith('tmp_'))
        .map((name) => rm(join(packs, name), { force: true })),
    );
  }

  private async fetch(refspecs: readonly string[]): Promise<void> {
    const options = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'];
    // A shallow server is taken as it is: the edge of its history is known, and told.
    const args = [
      'fetch',
      ...options,
      '--filter=blob:none',
      '--update-shallow',
      'origin',
      ...refspecs,
    ];
    await this.overNetwork(() => this.boundedFetch(args));
    // Many small packs make every look-up slower. Whether it works out does not matter to this fetch.
    const maintenance = ['gc', '--auto', '--quiet'];
    await this.options.runner
      .run(this.call(maintenance, MAINTENANCE_TIMEOUT_MS))
      .catch(() => this.context.signal.throwIfAborted());
  }

  /** Git has no limit for the size of a fetch, so the folder is watched. */
  private async boundedFetch(args: readonly string[]): Promise<void> {
    const { bytesMax, fetchTimeoutMs, runner } = this.options;
    const tooLarge = new AbortController();
    const refusal = new ScmError('refused', {
      repository: this.repository,
      detail: `its history is larger than ${Math.floor(bytesMax / 1024 ** 2)} MB`,
    });
    const watch = setInterval(() => {
      void packBytes(this.path).then((bytes) => {
        if (bytes > bytesMax) tooLarge.abort(refusal);
      });
    }, SIZE_CHECK_MS);
    try {
      await runner.run({
        ...this.call(args, fetchTimeoutMs),
        remote: this.remote,
        context: {
          ...this.context,
          signal: AbortSignal.any([this.context.signal, tooLarge.signal]),
        },
      });
    } finally {
      clearInterval(watch);
    }
  }

  /** Redirects are not followed, they lead anywhere; the one that hosts use for a missing `.git` is guessed. */
  private async overNetwork<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isRedirect(error) || this.remote.url.endsWith('.git')) throw error;
      this.remote = { ...this.remote, url: `${this.remote.url.replace(/\/$/, '')}.git` };
      return work();
    }
  }
}
