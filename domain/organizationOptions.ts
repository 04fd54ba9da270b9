import { z } from 'zod';
import { roles } from './scopes.ts';

/** A setting of an organization: the name that people use, where it is kept, and what it may be. */
export type OrganizationOption = Readonly<{
  /** A column of the organization, or the key of its option. */
  storage: { column: 'openMembership' | 'defaultRole' } | { option: string };
  schema: z.ZodType;
}>;

const boolean = z.boolean();
const text = z.string();
const nullableText = z.string().nullable();
const role = z.enum(roles);

/** Sensitive and safe fields together may not be longer than this (groups-projects-orgs 4.5). */
const FIELDS_LENGTH_MAX = 4_000;

const fields = z
  .array(z.string().min(1))
  .refine(
    (list) => list.join('').length <= FIELDS_LENGTH_MAX,
    `must have no more than ${FIELDS_LENGTH_MAX} characters in all`,
  )
  .nullable();

function option(key: string, schema: z.ZodType): OrganizationOption {
  return { storage: { option: key }, schema };
}

/** Every setting of groups-projects-orgs 4.2 and 4.3, and those of our own. */
export const organizationOptions: Readonly<Record<string, OrganizationOption>> = {
  openMembership: { storage: { column: 'openMembership' }, schema: boolean },
  defaultRole: { storage: { column: 'defaultRole' }, schema: role },
  // True: issues are resolved when a commit names them, not when a release ships it (decisions 21).
  resolveOnCommit: option('slipway:resolve_on_commit', boolean),

  allowSharedIssues: option('flag:allow_shared_issues', boolean),
  enhancedPrivacy: option('flag:enhanced_privacy', boolean),
  isEarlyAdopter: option('flag:early_adopter', boolean),
  codecovAccess: option('flag:codecov_access', boolean),
  require2FA: option('flag:require_2fa', boolean),
  allowMemberProjectCreation: option('flag:allow_member_project_creation', boolean),
  allowSuperuserAccess: option('flag:allow_superuser_access', boolean),
  allowMemberInvite: option('flag:allow_member_invite', boolean),

  dataScrubber: option('sentry:require_scrub_data', boolean),
  dataScrubberDefaults: option('sentry:require_scrub_defaults', boolean),
  sensitiveFields: option('sentry:sensitive_fields', fields),
  safeFields: option('sentry:safe_fields', fields),
  scrubIPAddresses: option('sentry:require_scrub_ip_address', boolean),
  scrapeJavaScript: option('sentry:scrape_javascript', boolean),
  storeCrashReports: option('sentry:store_crash_reports', z.int().min(-1).max(100)),
  attachmentsRole: option('sentry:attachments_role', role),
  debugFilesRole: option('sentry:debug_files_role', role),
  eventsMemberAdmin: option('sentry:events_member_admin', boolean),
  alertsMemberWrite: option('sentry:alerts_member_write', boolean),
  relayPiiConfig: option('sentry:relay_pii_config', nullableText),
  allowJoinRequests: option('sentry:join_requests', boolean),
  apdexThreshold: option('sentry:apdex_threshold', z.int().min(1).nullable()),
  hideAiFeatures: option('sentry:hide_ai_features', boolean),
  githubPRBot: option('sentry:github_pr_bot', boolean),
  githubNudgeInvite: option('sentry:github_nudge_invite', boolean),
  gitlabPRBot: option('sentry:gitlab_pr_bot', boolean),
  issueAlertsThreadFlag: option('sentry:issue_alerts_thread_flag', boolean),
  metricAlertsThreadFlag: option('sentry:metric_alerts_thread_flag', boolean),
  targetSampleRate: option('sentry:target_sample_rate', z.number().min(0).max(1)),
  samplingMode: option('sentry:sampling_mode', z.enum(['organization', 'project'])),
  rollbackEnabled: option('sentry:rollback_enabled', boolean),
  ingestThroughTrustedRelaysOnly: option(
    'sentry:ingest-through-trusted-relays-only',
    z.enum(['enabled', 'disabled']),
  ),
  enabledConsolePlatforms: option(
    'sentry:enabled_console_platforms',
    z.array(z.enum(['playstation', 'xbox', 'nintendo-switch'])),
  ),
  consoleSdkInviteQuota: option('sentry:console_sdk_invite_quota_limit', z.int().min(0)),
  dashboardsAsyncQueueParallelLimit: option(
    'sentry:dashboards-async-queue-parallel-limit',
    z.int().min(1),
  ),
  defaultAutofixAutomationTuning: option('sentry:default_autofix_automation_tuning', text),
  defaultAutomatedRunStoppingPoint: option('sentry:default_automated_run_stopping_point', text),
  defaultSeerScannerAutomation: option('sentry:default_seer_scanner_automation', boolean),
  enableSeerEnhancedAlerts: option('sentry:enable_seer_enhanced_alerts', boolean),
  enableSeerCoding: option('sentry:enable_seer_coding', boolean),
  defaultCodingAgent: option('sentry:seer_default_coding_agent', nullableText),
  defaultCodingAgentIntegrationId: option(
    'sentry:seer_default_coding_agent_integration_id',
    z.int().nullable(),
  ),
  autoOpenPrs: option('sentry:auto_open_prs', boolean),
  autoEnableCodeReview: option('sentry:auto_enable_code_review', boolean),
  defaultCodeReviewTriggers: option(
    'sentry:default_code_review_triggers',
    z.array(z.enum(['on_ready_for_review', 'on_new_commit'])),
  ),
};
