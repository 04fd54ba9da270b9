import type { Command } from './command.ts';

const CALL = 'npm run --silent admin --';

/** Usage of one command, or of several under a common heading. */
export function help(commands: readonly Command[]): string {
  const [only] = commands;
  if (commands.length === 1 && only !== undefined) {
    return [`Usage: ${CALL} ${only.name} ${only.usage} [--json]`, '', `${only.summary}.`].join(
      '\n',
    );
  }
  return [
    `Usage: ${CALL} <command> [--json]`,
    '',
    ...commands.flatMap(({ name, usage, summary }) => [`  ${name} ${usage}`, `      ${summary}`]),
    '',
    '  --json   one JSON object on stdout',
    '  --help   show this, or more of one command',
    '',
    'The database is that of DATABASE_URL, or of the `npm start` that runs with SLIPWAY_DIR (.slipway).',
  ].join('\n');
}
