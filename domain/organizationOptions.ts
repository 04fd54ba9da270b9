import type { z } from 'zod';
import { consolePlatforms } from './platforms.ts';
import { roles } from './scopes.ts';
import {
  booleanSetting,
  choiceSetting,
  integerSetting,
  numberSetting,
  textListSetting,
  textSetting,
} from './settingSchemas.ts';

/** Where a setting is kept: a column of the organization, one of its flags, or an option by key. */
export type SettingStorage =
  | Readonly<{ column: 'openMembership' | 'defaultRole' }>
  /** An inverted flag says the opposite of the setting. */
  | Readonly<{ flag: string; isInverted: boolean }>
  | Readonly<{ option: string }>;

/** A setting of an organization by the name that people use. */
export type OrganizationOption = Readonly<{
  storage: SettingStorage;
  schema: z.ZodType;
  /** What holds while nobody has set it. */
  default: unknown;
  /** Only `org:admin` may change it; from others it is ignored. */
  isForAdmins?: boolean;
  /** Only the operator may change it, with the admin tool. */
  isForOperators?: boolean;
}>;

/** Sensitive and safe fields together may not be longer than this (groups-projects-orgs 4.5). */
const FIELDS_LENGTH_MAX = 4_000;

const boolean = booleanSetting();
const text = textSetting({ allowNull: true, max: 4_000 });
const role = choiceSetting(roles);
const fields = textListSetting({ allowNull: true, totalMax: FIELDS_LENGTH_MAX });

function option(key: string, schema: z.ZodType, initial: unknown): OrganizationOption {
  return { storage: { option: key }, schema, default: initial };
}

function flag(name: string, initial = false): OrganizationOption {
  return { storage: { flag: name, isInverted: false }, schema: boolean, default: initial };
}

/** On until the flag that disables it is set. */
function disabledBy(name: string): OrganizationOption {
  return { storage: { flag: name, isInverted: true }, schema: boolean, default: true };
}

/** Every setting of groups-projects-orgs 4.2 and 4.3, and those of our own. */
export const organizationOptions: Readonly<Record<string, OrganizationOption>> = {
  openMembership: { storage: { column: 'openMembership' }, schema: boolean, default: true },
  defaultRole: {
    storage: { column: 'defaultRole' },
    schema: role,
    default: 'member',
    isForAdmins: true,
  },
  // True: issues are resolved when a commit names them, not when a release ships it (decisions 21).
  resolveOnCommit: option('slipway:resolve_on_commit', boolean, false),

  allowSharedIssues: disabledBy('disable_shared_issues'),
  enhancedPrivacy: flag('enhanced_privacy'),
  isEarlyAdopter: flag('early_adopter'),
  codecovAccess: flag('codecov_access'),
  require2FA: flag('require_2fa'),
  allowMemberProjectCreation: disabledBy('disable_member_project_creation'),
  allowSuperuserAccess: disabledBy('prevent_superuser_access'),
  allowMemberInvite: disabledBy('disable_member_invite'),

  dataScrubber: option('sentry:require_scrub_data', boolean, false),
  dataScrubberDefaults: option('sentry:require_scrub_defaults', boolean, false),
  sensitiveFields: option('sentry:sensitive_fields', fields, null),
  safeFields: option('sentry:safe_fields', fields, null),
  scrubIPAddresses: option('sentry:require_scrub_ip_address', boolean, false),
  scrapeJavaScript: option('sentry:scrape_javascript', boolean, true),
  storeCrashReports: option('sentry:store_crash_reports', integerSetting({ min: -1, max: 100 }), 0),
  attachmentsRole: option('sentry:attachments_role', role, 'member'),
  debugFilesRole: option('sentry:debug_files_role', role, 'admin'),
  eventsMemberAdmin: option('sentry:events_member_admin', boolean, true),
  alertsMemberWrite: option('sentry:alerts_member_write', boolean, true),
  relayPiiConfig: option('sentry:relay_pii_config', text, null),
  allowJoinRequests: option('sentry:join_requests', boolean, true),
  apdexThreshold: option(
    'sentry:apdex_threshold',
    integerSetting({ allowNull: true, min: 1 }),
    null,
  ),
  hideAiFeatures: option('sentry:hide_ai_features', boolean, false),
  githubPRBot: option('sentry:github_pr_bot', boolean, true),
  githubNudgeInvite: option('sentry:github_nudge_invite', boolean, true),
  gitlabPRBot: option('sentry:gitlab_pr_bot', boolean, false),
  issueAlertsThreadFlag: option('sentry:issue_alerts_thread_flag', boolean, true),
  metricAlertsThreadFlag: option('sentry:metric_alerts_thread_flag', boolean, true),
  targetSampleRate: option('sentry:target_sample_rate', numberSetting({ min: 0, max: 1 }), 1),
  samplingMode: option(
    'sentry:sampling_mode',
    choiceSetting(['organization', 'project']),
    'organization',
  ),
  hasGranularReplayPermissions: option('sentry:granular-replay-permissions', boolean, false),
  rollbackEnabled: option('sentry:rollback_enabled', boolean, true),
  ingestThroughTrustedRelaysOnly: option(
    'sentry:ingest-through-trusted-relays-only',
    choiceSetting(['enabled', 'disabled']),
    'disabled',
  ),
  enabledConsolePlatforms: {
    ...option(
      'sentry:enabled_console_platforms',
      textListSetting({ choices: consolePlatforms }),
      [],
    ),
    isForOperators: true,
  },
  consoleSdkInviteQuota: {
    ...option('sentry:console_sdk_invite_quota_limit', integerSetting({ min: 0 }), 0),
    isForOperators: true,
  },
  dashboardsAsyncQueueParallelLimit: option(
    'sentry:dashboards-async-queue-parallel-limit',
    integerSetting({ min: 1 }),
    null,
  ),
  defaultAutofixAutomationTuning: option('sentry:default_autofix_automation_tuning', text, null),
  defaultAutomatedRunStoppingPoint: option(
    'sentry:default_automated_run_stopping_point',
    text,
    null,
  ),
  defaultSeerScannerAutomation: option('sentry:default_seer_scanner_automation', boolean, false),
  enableSeerEnhancedAlerts: option('sentry:enable_seer_enhanced_alerts', boolean, false),
  enableSeerCoding: option('sentry:enable_seer_coding', boolean, false),
  defaultCodingAgent: option('sentry:seer_default_coding_agent', text, null),
  defaultCodingAgentIntegrationId: option(
    'sentry:seer_default_coding_agent_integration_id',
    integerSetting({ allowNull: true }),
    null,
  ),
  autoOpenPrs: option('sentry:auto_open_prs', boolean, false),
  autoEnableCodeReview: option('sentry:auto_enable_code_review', boolean, false),
  defaultCodeReviewTriggers: option(
    'sentry:default_code_review_triggers',
    textListSetting({ choices: ['on_ready_for_review', 'on_new_commit'] }),
    [],
  ),
};
