import type { z } from 'zod';
import { booleanSetting, integerSetting, textListSetting, textSetting } from './settingSchemas.ts';

export type ProjectOption = Readonly<{ key: string; schema: z.ZodType; default: unknown }>;

const HOURS_MAX = 24 * 365 * 10;
const DIGEST_SECONDS = { min: 60, max: 3_600 };
const CRASH_REPORTS = { allowNull: true, min: -1, max: 100 };
const LIST_CHARACTERS_MAX = 4_000;

const boolean = booleanSetting();

function option(key: string, schema: z.ZodType, initial: unknown): ProjectOption {
  return { key, schema, default: initial };
}

/** Settings of a project that are kept as options, by their name in the API (groups-projects-orgs 3.7). */
export const projectOptions: Readonly<Record<string, ProjectOption>> = {
  subjectPrefix: option('mail:subject_prefix', textSetting({ max: 200 }), ''),
  subjectTemplate: option('mail:subject_template', textSetting({ max: 200 }), '$shortID - $title'),
  resolveAge: option('sentry:resolve_age', integerSetting({ min: 0, max: HOURS_MAX }), 0),
  digestsMinDelay: option('digests:mail:minimum_delay', integerSetting(DIGEST_SECONDS), 300),
  digestsMaxDelay: option('digests:mail:maximum_delay', integerSetting(DIGEST_SECONDS), 1_800),
  securityToken: option('sentry:token', textSetting({ max: 255 }), ''),
  securityTokenHeader: option(
    'sentry:token_header',
    textSetting({ allowNull: true, max: 64 }),
    null,
  ),
  verifySSL: option('sentry:verify_ssl', boolean, false),
  defaultEnvironment: option(
    'sentry:default_environment',
    textSetting({ allowNull: true, max: 64 }),
    null,
  ),
  dataScrubber: option('sentry:scrub_data', boolean, true),
  dataScrubberDefaults: option('sentry:scrub_defaults', boolean, true),
  sensitiveFields: option(
    'sentry:sensitive_fields',
    textListSetting({ totalMax: LIST_CHARACTERS_MAX }),
    [],
  ),
  safeFields: option('sentry:safe_fields', textListSetting({ totalMax: LIST_CHARACTERS_MAX }), []),
  scrubIPAddresses: option('sentry:scrub_ip_address', boolean, false),
  storeCrashReports: option('sentry:store_crash_reports', integerSetting(CRASH_REPORTS), null),
  enableAutoReleaseCreation: option('sentry:auto_release_creation', boolean, true),
  allowedDomains: option('sentry:origins', textListSetting({ totalMax: LIST_CHARACTERS_MAX }), [
    '*',
  ]),
  scrapeJavaScript: option('sentry:scrape_javascript', boolean, true),
};

/** How events are grouped is not for projects to choose; whoever tries is told so. */
export const groupingFields: readonly string[] = [
  'groupingConfig',
  'groupingEnhancements',
  'secondaryGroupingConfig',
  'secondaryGroupingExpiry',
  'fingerprintingRules',
];

/** The settings by name: what is stored, else the default. */
export function readProjectOptions(
  stored: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(projectOptions).map(([name, { key, default: initial }]) => [
      name,
      Object.hasOwn(stored, key) ? stored[key] : initial,
    ]),
  );
}
