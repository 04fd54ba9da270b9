import { classifyDatabaseError } from '../../db/pgErrors.ts';
import { createPool } from '../../db/pool.ts';
import { ConfigError, EXIT_CODE_CONFIG } from '../../infra/config.ts';
import { SecretBox } from '../../infra/secretBox.ts';
import { withApi } from './adminApi.ts';
import { AdminError, UsageError, type Command, type CommandResult } from './command.ts';
import { CommandLineError, readCommandLine, type CommandLine } from './commandLine.ts';
import { findConnection } from './connection.ts';
import { help } from './help.ts';
import { opsCommands } from './opsCommands.ts';
import { orgCommands } from './orgCommands.ts';
import { projectCommands } from './projectCommands.ts';
import { repoCommands } from './repoCommands.ts';
import { teamCommands } from './teamCommands.ts';
import { tokenCommands } from './tokenCommands.ts';
import { userCommands } from './userCommands.ts';

const commands: readonly Command[] = [
  ...orgCommands,
  ...projectCommands,
  ...teamCommands,
  ...userCommands,
  ...tokenCommands,
  ...repoCommands,
  ...opsCommands,
];

const EXIT_CODE_FAILURE = 1;

/** A person waits; whatever takes longer is stuck behind something. */
const STATEMENT_TIMEOUT_MS = 30_000;

/**
 * Runs one command line: the result on `out.log`, what went wrong on `out.error`.
 * @returns the exit code.
 */
export async function admin(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  out: Pick<Console, 'log' | 'error'>,
): Promise<number> {
  try {
    const line = readCommandLine(args, commands);
    if (line.kind === 'help') {
      out.log(help(line.about));
    } else {
      const result = await run(line, environment);
      out.log(line.asJson ? JSON.stringify(result.json) : result.text);
    }
    return 0;
  } catch (error) {
    out.error(error instanceof Error ? error.message : error);
    if (error instanceof CommandLineError) out.error(`\n${help(error.about)}`);
    return error instanceof ConfigError ? EXIT_CODE_CONFIG : EXIT_CODE_FAILURE;
  }
}

async function run(
  { command, input }: Extract<CommandLine, { kind: 'run' }>,
  environment: NodeJS.ProcessEnv,
): Promise<CommandResult> {
  const { databaseUrl, publicUrl, gitAllowFile, secret, config } = findConnection(environment);
  const pool = createPool({
    databaseUrl,
    applicationName: 'slipway-admin',
    max: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    // The statement that runs into it reports it.
    onError: () => undefined,
  });
  try {
    const secrets = (): SecretBox => {
      if (secret !== null) return new SecretBox(secret);
      throw new AdminError('SLIPWAY_SECRET is not set: give it the value that the API has.');
    };
    return await command.run(input, {
      pool,
      publicUrl,
      gitAllowFile,
      secrets,
      withApi: (organizationId, work) => withApi(config, organizationId, work),
    });
  } catch (error) {
    if (error instanceof UsageError) throw new CommandLineError(error.message, [command]);
    if (classifyDatabaseError(error) !== 'connection') throw error;
    const { host } = new URL(databaseUrl);
    throw new AdminError(`The database at ${host} does not answer. Is Slipway running?`, {
      cause: error,
    });
  } finally {
    await pool.end();
  }
}
