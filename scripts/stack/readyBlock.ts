import type { RunningStack } from './stack.ts';

/** Version of the release that the three lines to paste create. */
const EXAMPLE_VERSION = '1.0.0';

/** What a person wants to know once everything answers. */
export function readyBlock({ url, seeded, servers }: RunningStack): string {
  const project = seeded.projects[0]?.slug ?? '';
  const sentry = {
    SENTRY_URL: url,
    SENTRY_AUTH_TOKEN: seeded.token,
    SENTRY_ORG: seeded.organization,
  };
  return [
    '',
    `  Base URL         ${url}`,
    `  Temporal Web UI  ${servers.temporalUi ?? 'not known: set TEMPORAL_UI_URL'}`,
    `  Organization     ${seeded.organization}`,
    `  Projects         ${seeded.projects.map(({ slug }) => slug).join(', ')}`,
    `  Token            ${seeded.token}`,
    '',
    '  Create a release (in another terminal, in this folder):',
    '',
    `    export ${Object.entries(sentry)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')}`,
    `    npx sentry-cli releases new -p ${project} ${EXAMPLE_VERSION}`,
    `    npx sentry-cli releases finalize ${EXAMPLE_VERSION}`,
    '',
    `Slipway is ready at ${url} (Ctrl-C stops it).`,
  ].join('\n');
}
