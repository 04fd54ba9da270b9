/**
 * A range of 5,000 commits in a repository of 50,000, through the git provider, against `git log` of the same range
 * in the same run. `node bench/gitFetch.ts [commits] [range]`
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createGitProvider } from '../infra/scm/git.ts';
import { LogParser, LOG_FORMAT_ARGS } from '../infra/scm/git/logParser.ts';
import { FILES_PER_COMMIT, git, makeBigRepository } from './bigRepository.ts';

const [commits = 50_000, range = 5_000] = process.argv.slice(2).map(Number);
const ROUNDS = 5;

const root = await mkdtemp(join(tmpdir(), 'slipway-bench-git-'));
try {
  await bench();
} finally {
  await rm(root, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const source = join(root, 'source.git');
  makeBigRepository(source, commits);
  const head = git(source, ['rev-parse', 'main']);
  const base = git(source, ['rev-parse', `main~${range}`]);
  const count = Number(git(source, ['rev-list', '--count', `${base}..${head}`]));

  const logArgs = ['-C', source, 'log', '--name-status', '--no-renames', `${base}..${head}`];
  const raw = execFileSync('git', ['-C', source, 'log', ...LOG_FORMAT_ARGS, `${base}..${head}`], {
    maxBuffer: 1024 ** 3,
  });
  const log = await median(() => execFileSync('git', logArgs, { maxBuffer: 1024 ** 3 }));
  const parse = await median(() => {
    const parser = new LogParser();
    for (let at = 0; at < raw.length; at += 65_536) parser.push(raw.subarray(at, at + 65_536));
    parser.end();
  });
  const cold = await median((round) =>
    list(join(root, `mirrors${round}`), source, base, head, count),
  );
  const clone = await median((round) => {
    const target = join(root, `clone${round}.git`);
    const args = ['clone', '-q', '--bare', '--filter=blob:none', `file://${source}`, target];
    execFileSync('git', ['-c', 'uploadpack.allowFilter=true', ...args], { stdio: 'ignore' });
  });
  const warm = await median(() => list(join(root, 'mirrors0'), source, base, head, count));

  const row = (ms: number, reference: number) => ({
    ms: Math.round(ms),
    ratio: +(ms / reference).toFixed(2),
  });
  console.log(
    `${count} commits with up to ${FILES_PER_COMMIT} files each, of ${commits}; median of ${ROUNDS}`,
  );
  console.table({
    'git log (reference)': row(log, log),
    'parser alone': row(parse, log),
    'provider, warm mirror': row(warm, log),
    'git clone + git log (reference)': row(clone + log, clone + log),
    'provider, cold mirror': row(cold, clone + log),
  });
}

async function list(
  folder: string,
  source: string,
  base: string,
  head: string,
  count: number,
): Promise<void> {
  const policy = { allowPrivate: false, allowFile: true };
  const provider = createGitProvider({ folder, policy });
  const repository = { name: 'bench', url: `file://${source}` };
  const context = { signal: AbortSignal.timeout(120_000), heartbeat: () => undefined };
  let listed = 0;
  for await (const page of provider.listRange(repository, { base, head }, context)) {
    listed += page.commits.length;
  }
  if (listed !== count) throw new Error(`${listed} commits instead of ${count}`);
}

async function median(work: (round: number) => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await work(round);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[ROUNDS >> 1]!;
}
