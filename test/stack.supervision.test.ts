// Scenarios: a program ends early, is killed, is stopped, refuses to stop; a group stops in order; a starter is killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { identify, isRunning, type ProcessIdentity } from '../scripts/process/processIdentity.ts';
import type { Program } from '../scripts/process/program.ts';
import { ProgramGroup } from '../scripts/process/programGroup.ts';
import { startReaper, stopLeftovers, type Ward } from '../scripts/process/reaper.ts';
import { supervise } from '../scripts/process/supervise.ts';
import { waitUntil } from '../scripts/process/waitUntil.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

/** A shell program that serves as soon as it has written `<name>.up`, and says in `journal` how it ended. */
function shellProgram(
  folder: string,
  name: string,
  options: { onTerm?: string; body?: string; stopGraceMs?: number } = {},
): Program {
  const onTerm = options.onTerm ?? `echo ${name} >>journal; exit 0`;
  const body = options.body ?? `: >${name}.up; while :; do sleep 0.02; done`;
  return {
    name,
    command: '/bin/sh',
    args: ['-c', `trap '${onTerm}' TERM; ${body}`],
    environment: { PATH: process.env['PATH'] },
    cwd: folder,
    stopSignal: 'SIGTERM',
    stopGraceMs: options.stopGraceMs ?? 5_000,
    isReady: () => Promise.resolve(existsSync(join(folder, `${name}.up`))),
  };
}

function superviseInTest(folder: string, program: Program) {
  const identities: ProcessIdentity[] = [];
  const supervised = supervise(program, {
    logFile: join(folder, 'logs', `${program.name}.log`),
    readyTimeoutMs: 5_000,
    onChange: (identity) => {
      if (identity !== null) identities.push(identity);
    },
    tell: () => undefined,
  });
  onTestFinished(() => supervised.stop(AbortSignal.abort()));
  return { supervised, identities };
}

describe('a supervised program', () => {
  test('fails to start with the end of its log, when it ends before it serves', async () => {
    const folder = temporaryFolder();
    const program = shellProgram(folder, 'broken', { body: 'echo wrong setting; exit 78' });
    const { supervised, identities } = superviseInTest(folder, program);
    await expect(supervised.ready).rejects.toThrow(/exit code 78[^]*wrong setting/);
    // Not started again; one that ends at once may be gone before anybody could see who it was.
    expect(identities.length).toBeLessThan(2);
  });

  test('fails to start, when its command does not exist', async () => {
    const folder = temporaryFolder();
    const program = { ...shellProgram(folder, 'missing'), command: '/nonexistent/server' };
    await expect(superviseInTest(folder, program).supervised.ready).rejects.toThrow('ENOENT');
  });

  test('is started again as another process each time it is killed', async () => {
    const folder = temporaryFolder();
    const { supervised, identities } = superviseInTest(folder, shellProgram(folder, 'api'));
    await supervised.ready;
    for (const kills of [1, 2]) {
      process.kill(identities.at(-1)!.pid, 'SIGKILL');
      await waitUntil('restart', () => identities.length === kills + 1, 5_000);
      expect(isRunning(identities.at(-1)!)).toBe(true);
    }
    expect(new Set(identities.map(({ pid }) => pid)).size).toBe(3);
  });

  test('finishes its work when it is stopped, and is not started again', async () => {
    const folder = temporaryFolder();
    const { supervised, identities } = superviseInTest(folder, shellProgram(folder, 'worker'));
    await supervised.ready;
    await supervised.stop();
    expect(readFileSync(join(folder, 'journal'), 'utf8')).toBe('worker\n');
    expect(isRunning(identities[0]!)).toBe(false);
    expect(identities).toHaveLength(1);
  });

  test.each([
    { title: 'its time is over', stopGraceMs: 100, hurry: undefined },
    { title: 'somebody is in a hurry', stopGraceMs: 60_000, hurry: AbortSignal.abort() },
  ])('is killed when it ignores the signal and $title', async ({ stopGraceMs, hurry }) => {
    const folder = temporaryFolder();
    const program = shellProgram(folder, 'deaf', { onTerm: '', stopGraceMs });
    const { supervised, identities } = superviseInTest(folder, program);
    await supervised.ready;
    await supervised.stop(hurry);
    expect(isRunning(identities[0]!)).toBe(false);
  });

  test('leads its own process group, so that Ctrl-C of a terminal passes it by', async () => {
    const folder = temporaryFolder();
    const { supervised, identities } = superviseInTest(folder, shellProgram(folder, 'grouped'));
    await supervised.ready;
    const { pid } = identities[0]!;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const processGroup = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
    expect(processGroup).toBe(pid);
  });
});

describe('a group of programs', () => {
  function groupInTest(folder: string, onRestart: () => void = () => undefined) {
    const wards: Ward[][] = [];
    const group = new ProgramGroup({
      stopOrder: [['api'], ['worker'], ['postgres', 'redis']],
      logFile: (name) => join(folder, 'logs', `${name}.log`),
      reaper: { watch: (list) => wards.push([...list]) },
      onRestart,
      tell: () => undefined,
    });
    onTestFinished(() => group.stop(AbortSignal.abort()));
    return { group, wards };
  }

  test('stops in order, whatever the order of starting', async () => {
    const folder = temporaryFolder();
    const { group } = groupInTest(folder);
    for (const name of ['redis', 'worker', 'postgres', 'api']) {
      // Slower than the next in line would be, if it did not wait.
      const onTerm = `sleep 0.05; echo ${name} >>journal; exit 0`;
      await group.start(shellProgram(folder, name, { onTerm }));
    }
    await group.stop(new AbortController().signal);
    const journal = readFileSync(join(folder, 'journal'), 'utf8').trim().split('\n');
    expect(journal.slice(0, 2)).toEqual(['api', 'worker']);
    expect(journal.slice(2).sort()).toEqual(['postgres', 'redis']);
  });

  test('knows the new pid of a program that was killed, and tells', async () => {
    const folder = temporaryFolder();
    let restarts = 0;
    const { group, wards } = groupInTest(folder, () => (restarts += 1));
    await group.start(shellProgram(folder, 'api'));
    const before = group.pids()['api']!;
    process.kill(before, 'SIGKILL');
    await waitUntil('restart', () => restarts === 2, 5_000);
    expect(group.pids()['api']).not.toBe(before);
    expect(wards.at(-1)!.map(({ identity }) => identity.pid)).toEqual([group.pids()['api']]);
  });

  test('starts nothing any more once it was stopped, so that a start that was given up leaves nothing', async () => {
    const folder = temporaryFolder();
    const { group } = groupInTest(folder);
    await group.stop(new AbortController().signal);
    await expect(group.start(shellProgram(folder, 'api'))).rejects.toThrow('not started any more');
    expect(group.pids()).toEqual({});
  });
});

describe('programs whose starter is gone', () => {
  test('are stopped in order within moments, when the starter was killed with SIGKILL', async () => {
    const folder = temporaryFolder();
    const starter = spawn(
      process.execPath,
      [join(import.meta.dirname, 'fixtures', 'starter.ts'), folder],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(starter.stdout, 'data')) as [Buffer];
    const [first, second] = JSON.parse(line.toString()) as ProcessIdentity[];
    expect(isRunning(first!) && isRunning(second!)).toBe(true);
    starter.kill('SIGKILL');
    await waitUntil('end of both', () => !isRunning(first!) && !isRunning(second!), 5_000);
    await waitUntil('end of the list', () => !existsSync(join(folder, 'wards')), 5_000);
    expect(readFileSync(join(folder, 'journal'), 'utf8')).toBe('first\nsecond\n');
    expect(existsSync(join(folder, 'announcement'))).toBe(false);
  });

  test('are stopped by the next start, when even the reaper was killed', async () => {
    const folder = temporaryFolder();
    const { supervised, identities } = superviseInTest(folder, shellProgram(folder, 'postgres'));
    await supervised.ready;
    const { pid, startTime } = identities[0]!;
    writeFileSync(join(folder, 'wards'), `${pid} ${startTime} TERM 5 postgres\n`);
    const told: string[] = [];
    await stopLeftovers(join(folder, 'wards'), (sentence) => told.push(sentence));
    expect(readFileSync(join(folder, 'journal'), 'utf8')).toBe('postgres\n');
    expect(told.join()).toContain(`pid ${pid}`);
    expect(existsSync(join(folder, 'wards'))).toBe(false);
  });

  test('are left alone when the pid belongs to somebody else by now', async () => {
    const folder = temporaryFolder();
    const self = identify(process.pid)!;
    const list = join(folder, 'wards');
    writeFileSync(list, `${self.pid} ${Number(self.startTime) - 1} KILL 1 postgres\n`);
    await stopLeftovers(list, () => undefined);
    expect(existsSync(list)).toBe(false);
  });

  test('are nobody after an ordinary end: the reaper ends without a signal to anyone', async () => {
    const folder = temporaryFolder();
    const reaper = startReaper({
      listFile: join(folder, 'wards'),
      logFile: join(folder, 'reaper.log'),
    });
    reaper.watch([
      { name: 'test', identity: identify(process.pid)!, stopSignal: 'SIGKILL', graceMs: 1_000 },
    ]);
    await reaper.dismiss();
    expect(readFileSync(join(folder, 'reaper.log'), 'utf8')).toBe('');
  });
});
