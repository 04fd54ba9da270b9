// Scenarios: what the environment may say, what it must, and what is said about it when it makes no sense.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../infra/config.ts';
import { ownSecret } from '../infra/ownSecret.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

const given = {
  DATABASE_URL: 'postgres://db.test/slipway',
  REDIS_URL: 'redis://redis.test',
  SLIPWAY_SECRET: 'a secret for this test',
};

function problems(environment: NodeJS.ProcessEnv): string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').map((line) => line.trim());
  }
  return [];
}

test('all wrong and missing variables are named in one message, each with what it must be', () => {
  const environment = {
    PORT: 'nine',
    SLIPWAY_URL: 'slipway.test',
    REDIS_URL: 'http://redis.test',
    SLIPWAY_WRITE_WAIT_MS: '0',
    SLIPWAY_GIT_ALLOW_FILE: 'yes',
    LOG_LEVEL: 'loud',
    NODE_ENV: 'production',
    TEMPORAL_ADDRESS: 'https://temporal.test',
    TEMPORAL_PROFILE: 'nobody-has-this-one',
  };
  expect(problems(environment)).toEqual([
    'The environment is not usable.',
    'PORT: must be a whole number, from 0 to 65535',
    'SLIPWAY_URL: must be a URL with http: or https:',
    'DATABASE_URL: is required',
    'REDIS_URL: must be a URL with redis: or rediss:',
    'SLIPWAY_WRITE_WAIT_MS: must be a whole number, from 1 to 25000',
    'SLIPWAY_GIT_ALLOW_FILE: must be 0 or 1',
    expect.stringMatching(/^LOG_LEVEL: must be one of trace, debug, info, /),
    'SLIPWAY_SECRET: is required in production',
    'TEMPORAL_ADDRESS: must be host:port',
    expect.stringMatching(/^TEMPORAL_PROFILE: .*nobody-has-this-one/),
  ]);
});

test.each([' ', '0x50', '1e3', '80.5', '-1', '65536', '80 ', '1'.repeat(20)])(
  '%j is no port',
  (PORT) => {
    expect(problems({ ...given, PORT })).toHaveLength(2);
  },
);

describe('Temporal', () => {
  test.each(['temporal:7233', '127.0.0.1:7233', '[::1]:7233', 'a.b.tmprl.cloud:7233', 'localhost'])(
    'may be at %s',
    (TEMPORAL_ADDRESS) => {
      expect(problems({ ...given, TEMPORAL_ADDRESS })).toEqual([]);
    },
  );

  test.each(['http://a:7233', 'a b:7233', 'a:b', 'a:7233/x', '::1'])(
    'cannot be at %s',
    (TEMPORAL_ADDRESS) => {
      expect(problems({ ...given, TEMPORAL_ADDRESS })[1]).toMatch(/^TEMPORAL_ADDRESS: /);
    },
  );

  test('with a certificate that is not there names the variable, and shows nothing of a broken file', () => {
    const missing = join(temporaryFolder(), 'client.pem');
    expect(problems({ ...given, TEMPORAL_TLS_CLIENT_CERT_PATH: missing })[1]).toMatch(
      /^TEMPORAL_TLS_CLIENT_CERT_PATH: .*no such file/,
    );
    const broken = problems({
      ...given,
      TEMPORAL_CONFIG_FILE: join(import.meta.dirname, 'infra.config.test.ts'),
    });
    expect(broken).toEqual([
      'The environment is not usable.',
      expect.stringMatching(/^TEMPORAL_CONFIG_FILE: Invalid TOML/),
    ]);
  });
});

test('the public address comes from host and port, also where the host is IPv6', () => {
  expect(readConfig(given).publicUrl).toBe('http://127.0.0.1:9000');
  expect(readConfig({ ...given, HOST: '::1', PORT: '80' }).publicUrl).toBe('http://[::1]:80');
  expect(readConfig({ ...given, SLIPWAY_URL: 'https://s.test/' }).publicUrl).toBe('https://s.test');
});

describe('the secret', () => {
  test('is that of the state folder when none is given, the same for everybody who asks', () => {
    const folder = join(temporaryFolder(), 'state');
    const { SLIPWAY_SECRET, ...rest } = given;
    expect(readConfig({ ...rest, SLIPWAY_SECRET, SLIPWAY_DIR: folder }).secret).toBe(
      SLIPWAY_SECRET,
    );
    const { secret } = readConfig({ ...rest, SLIPWAY_DIR: folder });
    expect(secret).toMatch(/^[\da-f]{64}$/);
    expect(ownSecret(folder)).toBe(secret);
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
    expect(ownSecret(join(temporaryFolder(), 'other'))).not.toBe(secret);
  });
});
