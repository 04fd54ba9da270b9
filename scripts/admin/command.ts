import type { ParseArgsOptionsConfig } from 'node:util';
import type { Pool } from '../../db/pool.ts';
import type { SecretBox } from '../../infra/secretBox.ts';
import type { AdminApi } from './adminApi.ts';

/** What a command works with. */
export type AdminContext = Readonly<{
  pool: Pool;
  /** Tokens and DSNs lead there. */
  publicUrl: string;
  /** `SLIPWAY_GIT_ALLOW_FILE`. */
  gitAllowFile: boolean;
  /**
   * Encrypts what the API and the worker will have to read.
   * @throws AdminError when their `SLIPWAY_SECRET` is not known here.
   */
  secrets: () => SecretBox;
  /** Endpoints, as the operator of an organization. */
  withApi: <T>(organizationId: string, work: (api: AdminApi) => Promise<T>) => Promise<T>;
}>;

export type CommandInput = Readonly<{
  positionals: readonly string[];
  /** The value of an option, or null when it was not given. */
  option: (name: string) => string | null;
  /** The values of an option that may be given several times. */
  options: (name: string) => readonly string[];
}>;

export type CommandResult = Readonly<{
  /** Printed with --json. */
  json: Readonly<Record<string, unknown>>;
  /** Printed without. */
  text: string;
}>;

export type Command = Readonly<{
  /** Family and verb: `org create`. */
  name: string;
  /** What follows the name. */
  usage: string;
  summary: string;
  /** How many words without a dash there must be; null means that there is no upper bound. */
  positionals: readonly [min: number, max: number | null];
  options: ParseArgsOptionsConfig;
  run: (input: CommandInput, context: AdminContext) => Promise<CommandResult>;
}>;

/** The command line is wrong: answered with the help of the command. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was understood and cannot be done; the message says why and ends there. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
}
