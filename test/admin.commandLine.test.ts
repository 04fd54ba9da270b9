import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { readAssignments } from '../scripts/admin/assignments.ts';
import { AdminError, UsageError, type Command } from '../scripts/admin/command.ts';
import { CommandLineError, readCommandLine } from '../scripts/admin/commandLine.ts';
import { help } from '../scripts/admin/help.ts';

const command = (name: string, positionals: Command['positionals'] = [1, 1]): Command => ({
  name,
  usage: '<word>',
  summary: `Do ${name}`,
  positionals,
  options: { name: { type: 'string' }, team: { type: 'string', multiple: true } },
  run: () => Promise.resolve({ json: {}, text: '' }),
});
const create = command('org create');
const set = command('org set', [2, null]);
const list = command('ops list', [0, 0]);
const commands = [create, set, list];

const read = (line: string) => readCommandLine(line.split(' ').filter(Boolean), commands);

describe('a command line', () => {
  it('gives a command its words and options, wherever --json stands', () => {
    for (const line of [
      'org create acme --name A --team x --team y --json',
      '--json org create --team x --team=y acme --name=A',
    ]) {
      const found = read(line);
      if (found.kind !== 'run') throw new Error('expected a run');
      expect(found.command).toBe(create);
      expect(found.asJson).toBe(true);
      expect(found.input.positionals).toEqual(['acme']);
      expect(found.input.option('name')).toBe('A');
      expect(found.input.options('team')).toEqual(['x', 'y']);
      expect(found.input.option('other')).toBeNull();
    }
  });

  test.each([
    ['', 'No command.', commands],
    ['--json', 'No command.', commands],
    ['fly', 'There is no command "fly".', commands],
    ['org', 'There is no command "org".', [create, set]],
    ['org delete x', 'There is no command "org delete".', [create, set]],
    ['org create', 'org create takes 1 argument, not 0.', [create]],
    ['org create a b', 'org create takes 1 argument, not 2.', [create]],
    ['org set a', 'org set takes 2 or more arguments, not 1.', [set]],
    ['ops list a', 'ops list takes no arguments, not 1.', [list]],
    ['org create a --nope', "Unknown option '--nope'", [create]],
    ['org create a --name', 'argument missing', [create]],
  ])('%j is answered with %j and the help of what it may have meant', (line, message, about) => {
    const refusal = (() => {
      try {
        read(line);
      } catch (error) {
        return error;
      }
      return null;
    })();
    expect(refusal).toBeInstanceOf(CommandLineError);
    expect((refusal as CommandLineError).message).toContain(message);
    expect((refusal as CommandLineError).about).toEqual(about);
  });

  test.each([
    ['--help', commands],
    ['-h', commands],
    ['org --help', [create, set]],
    ['org create --help', [create]],
    ['org create --nope --help', [create]],
  ])('%j asks for help', (line, about) => {
    expect(read(line)).toEqual({ kind: 'help', about });
  });
});

describe('help', () => {
  it('shows how to call each command, and what the shared options do', () => {
    const text = help(commands);
    for (const { name, summary } of commands) {
      expect(text).toContain(`${name} <word>`);
      expect(text).toContain(summary);
    }
    expect(text).toContain('--json');
  });

  it('of one command is a line to copy', () => {
    expect(help([create])).toBe(
      'Usage: npm run --silent admin -- org create <word> [--json]\n\nDo org create.',
    );
  });
});

describe('assignments', () => {
  const schemas = {
    flag: z.boolean(),
    count: z.int().min(1).nullable(),
    text: z.string(),
    mode: z.enum(['a', 'b']),
    list: z.array(z.string()),
  };

  test.each([
    ['flag=true', true],
    ['flag=false', false],
    ['count=5', 5],
    ['count=null', null],
    ['text=5', '5'],
    ['text=true', 'true'],
    ['text=', ''],
    ['text=a=b', 'a=b'],
    ['mode=a', 'a'],
    ['list=["a","b"]', ['a', 'b']],
    ['list=a, b', ['a', 'b']],
    ['list=', []],
  ])('%j is read as %j', (word, value) => {
    expect([...readAssignments([word], schemas).values()]).toEqual([value]);
  });

  test.each([
    ['flag', UsageError, '"flag" is not of the form key=value.'],
    ['=x', UsageError, 'not of the form key=value'],
    ['nope=1', AdminError, 'Unknown key "nope". Known ones: flag, count, text, mode, list.'],
    ['toString=1', AdminError, 'Unknown key "toString"'],
    ['flag=yes', AdminError, '"yes" is no value for flag: Invalid input: expected boolean'],
    ['count=0', AdminError, '"0" is no value for count: Too small'],
    ['mode=c', AdminError, '"c" is no value for mode: Invalid option: expected one of "a"|"b".'],
  ])('%j is refused', (word, type, message) => {
    const refuse = () => readAssignments([word], schemas);
    expect(refuse).toThrow(type);
    expect(refuse).toThrow(message);
  });
});
