import { describe, test } from 'vitest';
import { sentryCliProgram } from '../cli.ts';
import { useCliWorlds } from '../cliWorld.ts';
import { accountScenarios } from './accountScenarios.ts';
import { commitScenarios } from './commitScenarios.ts';
import { deployScenarios } from './deployScenarios.ts';
import { pipelineScenarios } from './pipelineScenarios.ts';
import { releaseScenarios } from './releaseScenarios.ts';
import { playScenario, type SentryCliMajor } from './scenario.ts';

const areas = {
  account: accountScenarios,
  releases: releaseScenarios,
  'set-commits': commitScenarios,
  deploys: deployScenarios,
  'a whole pipeline': pipelineScenarios,
};

/** Plays every scenario with the real binary; each in an organization of its own, so that none sees another's data. */
export function describeSentryCli(major: SentryCliMajor): void {
  const newWorld = useCliWorlds(sentryCliProgram(major === 3 ? '@sentry/cli' : 'sentry-cli-v2'));
  for (const [area, scenarios] of Object.entries(areas)) {
    describe(area, () => {
      for (const scenario of scenarios) {
        if (scenario.only !== undefined && scenario.only !== major) continue;
        test(scenario.title, async () => playScenario(scenario, await newWorld(), major));
      }
    });
  }
}
