import { parseArgs } from 'node:util';
import { UsageError, type Command, type CommandInput } from './command.ts';

export type CommandLine =
  | Readonly<{ kind: 'help'; about: readonly Command[] }>
  | Readonly<{ kind: 'run'; command: Command; input: CommandInput; asJson: boolean }>;

/** A command line that makes no sense, with the commands that it may have meant. */
export class CommandLineError extends UsageError {
  readonly about: readonly Command[];

  constructor(message: string, about: readonly Command[]) {
    super(message);
    this.about = about;
  }
}

const SHARED_OPTIONS = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @throws CommandLineError */
export function readCommandLine(
  args: readonly string[],
  commands: readonly Command[],
): CommandLine {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const wantsHelp = args.some((arg) => arg === '--help' || arg === '-h');
  const command = commands.find(({ name }) => name === words.slice(0, 2).join(' '));
  if (command === undefined) {
    const family = commands.filter(({ name }) => name.startsWith(`${words[0] ?? ''} `));
    const about = family.length > 0 ? family : commands;
    if (wantsHelp) return { kind: 'help', about };
    const given = words.slice(0, 2).join(' ');
    throw new CommandLineError(
      given === '' ? 'No command.' : `There is no command "${given}".`,
      about,
    );
  }
  if (wantsHelp) return { kind: 'help', about: [command] };
  return readInput(args, command);
}

function readInput(args: readonly string[], command: Command): CommandLine {
  const { values, positionals } = parse(args, command);
  // The first two are the name of the command.
  const words = positionals.slice(2);
  const [min, max] = command.positionals;
  if (words.length < min || (max !== null && words.length > max)) {
    throw new CommandLineError(
      `${command.name} takes ${countText(min, max)}, not ${words.length}.`,
      [command],
    );
  }
  const options = (name: string): readonly string[] =>
    [values[name]].flat().filter((value) => typeof value === 'string');
  return {
    kind: 'run',
    command,
    asJson: values['json'] === true,
    input: { positionals: words, options, option: (name) => options(name)[0] ?? null },
  };
}

function parse(
  args: readonly string[],
  command: Command,
): Readonly<{ values: Readonly<Record<string, unknown>>; positionals: readonly string[] }> {
  try {
    return parseArgs({
      args: [...args],
      options: { ...command.options, ...SHARED_OPTIONS },
      allowPositionals: true,
    });
  } catch (error) {
    // Its messages name the option.
    throw new CommandLineError(error instanceof Error ? error.message : String(error), [command]);
  }
}

function countText(min: number, max: number | null): string {
  if (max === null) return `${min} or more arguments`;
  return `${min === 0 ? 'no' : min} argument${min === 1 ? '' : 's'}`;
}
