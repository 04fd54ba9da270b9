import { expect } from 'vitest';
import type { CliWorld } from '../cliWorld.ts';

/** The two majors in use; CI systems and bundler plugins of the last years are on 2. */
export type SentryCliMajor = 2 | 3;

/** The same for both majors, or marked where they differ. */
export type ByMajor<T> = T | Readonly<{ v2: T; v3: T }>;

type Line = string | ((world: CliWorld) => string);

/** One command against an organization with the projects `web` and `api`. */
type CommandScenario = Readonly<{
  title: string;
  only?: SentryCliMajor;
  /** Commands that lead up to it and have to work. */
  given?: readonly Line[];
  command: Line | readonly string[];
  env?: (world: CliWorld) => Readonly<Record<string, string | undefined>>;
  /** Exit code; 0 by default. */
  exits?: number;
  prints?: ByMajor<string | RegExp>;
  requests?: ByMajor<readonly string[]>;
  /** The state that it leaves, read back. */
  leaves?: (world: CliWorld) => Promise<void>;
}>;

/** Several commands, each with its outcome, where one row does not tell it. */
type Story = Readonly<{
  title: string;
  only?: SentryCliMajor;
  tell: (world: CliWorld, major: SentryCliMajor) => Promise<void>;
}>;

export type Scenario = CommandScenario | Story;

export async function playScenario(
  scenario: Scenario,
  world: CliWorld,
  major: SentryCliMajor,
): Promise<void> {
  if ('tell' in scenario) return scenario.tell(world, major);
  for (const line of scenario.given ?? []) await world.succeed(resolveLine(line, world));
  const { command } = scenario;
  const run = await world.cli(
    typeof command === 'object' ? command : resolveLine(command, world),
    scenario.env === undefined ? {} : { env: scenario.env(world) },
  );
  expect({ exit: run.exitCode, signal: run.signal }, run.output).toEqual({
    exit: scenario.exits ?? 0,
    signal: null,
  });
  if (scenario.prints !== undefined) {
    const prints = forMajor(scenario.prints, major);
    if (typeof prints === 'string') expect(run.output).toContain(prints);
    else expect(run.output).toMatch(prints);
  }
  if (scenario.requests !== undefined) {
    expect(run.requests).toEqual(forMajor(scenario.requests, major));
  }
  await scenario.leaves?.(world);
}

export function forMajor<T extends string | object>(value: ByMajor<T>, major: SentryCliMajor): T {
  if (typeof value !== 'object' || !('v2' in value)) return value;
  return major === 2 ? value.v2 : value.v3;
}

function resolveLine(line: Line, world: CliWorld): string {
  return typeof line === 'string' ? line : line(world);
}
