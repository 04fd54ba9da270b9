import { z } from 'zod';
import type { RateLimits } from './limits/rateLimiter.ts';
import { ownSecret } from './ownSecret.ts';
import { temporalProblems } from './temporal.ts';

/** EX_CONFIG of sysexits.h: the environment is wrong, restarting will not help. */
export const EXIT_CODE_CONFIG = 78;

/** Digits only: `Number` would also take blanks for 0 and `0x50` for 80. */
const wholeNumber = (min: number, max?: number) =>
  z
    .string()
    .refine(
      (value) =>
        /^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= (max ?? Infinity),
      `must be a whole number, ${max === undefined ? `${min} or more` : `from ${min} to ${max}`}`,
    )
    .transform(Number);
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, `must be one of ${values.join(', ')}`);
const flag = z.enum(['0', '1'], 'must be 0 or 1').transform((value) => value === '1');
const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
      `must be a URL with ${protocols.join(' or ')}`,
    );

const environmentSchema = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(9000),
  SLIPWAY_URL: url('http:', 'https:').optional(),
  DATABASE_URL: url('postgres:', 'postgresql:'),
  REDIS_URL: url('redis:', 'rediss:'),
  SLIPWAY_DIR: z.string().min(1).default('.slipway'),
  SLIPWAY_SECRET: z.string().min(16, 'must be at least 16 characters').optional(),
  // Longer than this and the `sentry` CLI (30 s reply timeout) would send the write again.
  SLIPWAY_WRITE_WAIT_MS: wholeNumber(1, 25_000).default(8_000),
  // Below a day the hourly pass would be most of what decides; ten years are for ever.
  SLIPWAY_EVENT_RETENTION_DAYS: wholeNumber(1, 3_650).default(90),
  // An operation remembers the idempotency key it came with, and keys are remembered for seven days.
  SLIPWAY_OPERATION_RETENTION_DAYS: wholeNumber(7, 3_650).default(30),
  SLIPWAY_RATE_LIMIT: wholeNumber(0).default(0),
  SLIPWAY_RATE_LIMIT_WINDOW_MS: wholeNumber(100, 3_600_000).default(1_000),
  SLIPWAY_RATE_LIMIT_CONCURRENT: wholeNumber(0).default(0),
  SLIPWAY_GIT_ALLOW_FILE: flag.default(false),
  SLIPWAY_ALLOW_PRIVATE_URLS: flag.default(false),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  SLIPWAY_WORKFLOW_SANDBOX: oneOf(['light', 'standard']).default('light'),
  NODE_ENV: z.string().default('development'),
  TEMPORAL_UI_URL: url('http:', 'https:').optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
});

export type Config = Readonly<{
  host: string;
  port: number;
  /** Public base URL without a trailing slash: tokens, DSNs and Link headers start with it. */
  publicUrl: string;
  databaseUrl: string;
  redisUrl: string;
  stateDir: string;
  secret: string;
  writeWaitMs: number;
  /** How long events are kept after they happened. */
  eventRetentionDays: number;
  /** How long operations are kept after they finished. */
  operationRetentionDays: number;
  /** For each caller, method and group of endpoints; null is no limit at all, which is the default (ADR 0011). */
  rateLimits: RateLimits | null;
  gitAllowFile: boolean;
  allowPrivateUrls: boolean;
  logLevel: string;
  /** Where an operator opens a workflow, when there is a Web UI. */
  temporalUiUrl: string | null;
  temporalNamespace: string;
  /** `standard` is the SDK's own: dearer, with stack traces of workflows (ADR 0013). */
  workflowSandbox: 'light' | 'standard';
}>;

/** Every wrong variable in one message, because a deployment is fixed once, not five times. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads and checks the environment.
 * @throws ConfigError naming every wrong variable.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  // An empty variable is an unset one: compose files and CI systems pass `FOO=` for "not given".
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => {
        const name = issue.path.join('.');
        return `${name}: ${given[name] === undefined ? 'is required' : issue.message}`;
      });
  if (given['NODE_ENV'] === 'production' && given['SLIPWAY_SECRET'] === undefined) {
    problems.push('SLIPWAY_SECRET: is required in production');
  }
  if (Number(given['SLIPWAY_RATE_LIMIT_CONCURRENT'] ?? 0) > 0 && !given['SLIPWAY_RATE_LIMIT']) {
    problems.push('SLIPWAY_RATE_LIMIT: is required with SLIPWAY_RATE_LIMIT_CONCURRENT');
  }
  problems.push(...temporalProblems(given));
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(`The environment is not usable.\n  ${problems.join('\n  ')}`);
  }
  const env = parsed.data;
  return Object.freeze({
    host: env.HOST,
    port: env.PORT,
    publicUrl: (env.SLIPWAY_URL ?? addressOf(env.HOST, env.PORT)).replace(/\/+$/, ''),
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    stateDir: env.SLIPWAY_DIR,
    secret: env.SLIPWAY_SECRET ?? ownSecret(env.SLIPWAY_DIR),
    writeWaitMs: env.SLIPWAY_WRITE_WAIT_MS,
    eventRetentionDays: env.SLIPWAY_EVENT_RETENTION_DAYS,
    operationRetentionDays: env.SLIPWAY_OPERATION_RETENTION_DAYS,
    rateLimits:
      env.SLIPWAY_RATE_LIMIT === 0
        ? null
        : {
            requests: env.SLIPWAY_RATE_LIMIT,
            windowMs: env.SLIPWAY_RATE_LIMIT_WINDOW_MS,
            concurrent: env.SLIPWAY_RATE_LIMIT_CONCURRENT || null,
          },
    gitAllowFile: env.SLIPWAY_GIT_ALLOW_FILE,
    allowPrivateUrls: env.SLIPWAY_ALLOW_PRIVATE_URLS,
    logLevel: env.LOG_LEVEL,
    temporalUiUrl: env.TEMPORAL_UI_URL?.replace(/\/+$/, '') ?? null,
    temporalNamespace: env.TEMPORAL_NAMESPACE,
    workflowSandbox: env.SLIPWAY_WORKFLOW_SANDBOX,
  });
}

function addressOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
