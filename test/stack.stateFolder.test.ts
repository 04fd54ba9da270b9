// Scenarios: lock, ports, secrets and settings of one state folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../infra/config.ts';
import { acquireLock, LockedError } from '../scripts/stack/lock.ts';
import { parseOptions } from '../scripts/stack/options.ts';
import { readOrCreateSecrets, rememberTokens } from '../scripts/stack/secrets.ts';
import { readSettings } from '../scripts/stack/settings.ts';
import { choosePorts } from '../scripts/stack/stackPorts.ts';
import { createStateFolder, stateFolder, wipeStateFolder } from '../scripts/stack/stateFolder.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

describe('the lock', () => {
  /** Another process that holds the lock until it is killed. */
  async function holder(file: string) {
    const script = `
      import { acquireLock } from ${JSON.stringify(join(import.meta.dirname, '../scripts/stack/lock.ts'))};
      acquireLock(${JSON.stringify(file)});
      console.log('held');
      setInterval(() => undefined, 60_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    return child;
  }

  test('names the pid of the one who holds it', async () => {
    const file = join(temporaryFolder(), 'lock');
    const other = await holder(file);
    expect(() => acquireLock(file)).toThrow(LockedError);
    expect(() => acquireLock(file)).toThrow(`pid ${other.pid}`);
  });

  test('is free at once when its holder was killed: there is nothing stale to judge', async () => {
    const file = join(temporaryFolder(), 'lock');
    const other = await holder(file);
    other.kill('SIGKILL');
    await once(other, 'exit');
    acquireLock(file).release();
  });

  test('is free again after its release', () => {
    const file = join(temporaryFolder(), 'lock');
    acquireLock(file).release();
    acquireLock(file).release();
    expect(existsSync(`${file}.pid`)).toBe(false);
  });
});

describe('the ports', () => {
  async function occupy(port: number): Promise<number> {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  }

  test('stay what they were at the last start', async () => {
    const file = join(temporaryFolder(), 'ports.json');
    const first = await choosePorts(file, ['temporalHttp', 'redis']);
    expect(await choosePorts(file, ['temporalHttp', 'redis'])).toEqual(first);
  });

  test('move when another program has them, and stay there', async () => {
    const file = join(temporaryFolder(), 'ports.json');
    const { temporalHttp: before } = await choosePorts(file, ['temporalHttp']);
    await occupy(before);
    const { temporalHttp: after } = await choosePorts(file, ['temporalHttp']);
    expect(after).not.toBe(before);
    expect((await choosePorts(file, ['temporalHttp'])).temporalHttp).toBe(after);
  });

  test('of servers that choose side by side are all remembered', async () => {
    const file = join(temporaryFolder(), 'ports.json');
    const [postgres, temporal] = await Promise.all([
      choosePorts(file, ['postgres']),
      choosePorts(file, ['temporal', 'temporalUi', 'temporalHttp']),
    ]);
    expect(await choosePorts(file, ['postgres', 'temporal', 'temporalUi', 'temporalHttp'])).toEqual(
      { ...postgres, ...temporal },
    );
  });

  test('start anew when the file is damaged', async () => {
    const file = join(temporaryFolder(), 'ports.json');
    writeFileSync(file, '{"redis":');
    expect((await choosePorts(file, ['redis'])).redis).toBeGreaterThan(0);
  });
});

describe('the secrets', () => {
  test('are made once, kept, and closed to everybody else', () => {
    const file = join(temporaryFolder(), 'secrets.json');
    const secrets = readOrCreateSecrets(file);
    expect(secrets.slipwaySecret).toMatch(/^[0-9a-f]{64}$/);
    rememberTokens(file, secrets, { user: 'sntryu_1', org: 'sntrys_1' });
    expect(readOrCreateSecrets(file)).toEqual({
      ...secrets,
      tokens: { user: 'sntryu_1', org: 'sntrys_1' },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

test('a fresh start forgets everything but the lock that it holds', () => {
  const folder = stateFolder(join(temporaryFolder(), 'state'));
  createStateFolder(folder);
  const lock = acquireLock(folder.lock);
  onTestFinished(() => lock.release());
  mkdirSync(folder.postgres);
  readOrCreateSecrets(folder.secrets);
  wipeStateFolder(folder);
  const left = readdirSync(folder.root).filter((name) => !name.startsWith('lock'));
  expect(left).toEqual(['logs']);
  expect(() => acquireLock(folder.lock)).toThrow(LockedError);
});

describe('settings and options', () => {
  test('everything is embedded by default', () => {
    expect(readSettings({})).toMatchObject({
      port: 9_000,
      host: '127.0.0.1',
      publicUrl: null,
      databaseUrl: null,
      redisUrl: null,
      temporalAddress: null,
    });
  });

  test('an empty variable counts as not given', () => {
    expect(readSettings({ DATABASE_URL: '', PORT: '' })).toMatchObject({
      databaseUrl: null,
      port: 9_000,
    });
  });

  test('every wrong variable is named before anything starts', () => {
    const environment = { PORT: 'nine', LOG_LEVEL: 'loud' };
    expect(() => readSettings(environment)).toThrow(ConfigError);
    expect(() => readSettings(environment)).toThrow(/PORT[^]*LOG_LEVEL/);
  });

  test('an option that does not exist is an error', () => {
    expect(parseOptions(['--fresh'])).toEqual({ fresh: true, help: false });
    expect(() => parseOptions(['--wipe'])).toThrow('--wipe');
  });
});
