import { asText } from './settingChanges.ts';

/** Events of the audit log by the names that clients filter by (groups-projects-orgs 4.4). */
export const auditEvents = [
  'member.invite',
  'member.add',
  'member.accept-invite',
  'member.edit',
  'member.remove',
  'member.join-team',
  'member.leave-team',
  'member.pending',
  'org.create',
  'org.edit',
  'org.remove',
  'org.restore',
  'team.create',
  'team.edit',
  'team.remove',
  'project.create',
  'project.edit',
  'project.remove',
  'project.remove-with-origin',
  'project.request-transfer',
  'project.accept-transfer',
  'project.enable',
  'project.disable',
  'tagkey.remove',
  'projectkey.create',
  'projectkey.edit',
  'projectkey.remove',
  'projectkey.change',
  'sso.enable',
  'sso.disable',
  'sso.edit',
  'sso-identity.link',
  'api-key.create',
  'api-key.edit',
  'api-key.remove',
  'rule.create',
  'rule.edit',
  'rule.remove',
  'rule.mute',
  'rule.disable',
  'servicehook.create',
  'servicehook.edit',
  'servicehook.remove',
  'integration.disable',
  'integration.upgrade',
  'integration.add',
  'integration.edit',
  'integration.remove',
  'sentry-app.add',
  'sentry-app.remove',
  'sentry-app.install',
  'sentry-app.uninstall',
  'invite-request.create',
  'invite-request.remove',
  'invite.remove',
  'alertrule.create',
  'alertrule.edit',
  'alertrule.remove',
  'team-and-project.created',
  'org-auth-token.create',
  'org-auth-token.remove',
  'project.ownership-rule.edit',
  'project-team.remove',
  'project-team.add',
  'issue.delete',
  // Not upstream's: there, repositories belong to integrations.
  'repository.create',
  'repository.edit',
  'repository.remove',
] as const;

export type AuditEvent = (typeof auditEvents)[number];

/** What every entry about a project says of it, beside what changed. */
const projectPayloadKeys: ReadonlySet<string> = new Set(['id', 'slug', 'name', 'status', 'public']);

type Data = Readonly<Record<string, unknown>>;

/** Sentences about what is named in the data; a sentence whose data is incomplete is left out. */
const notes: Readonly<Record<string, ((text: (key: string) => string) => string) | undefined>> = {
  'member.add': (text) => `added member ${text('email')}`,
  'member.edit': (text) => `edited member ${text('email')} (role: ${text('role')})`,
  'member.remove': (text) => `removed member ${text('email')}`,
  'member.join-team': (text) => `${text('email')} joined team ${text('team_slug')}`,
  'member.leave-team': (text) => `${text('email')} left team ${text('team_slug')}`,
  'org.create': () => 'created the organization',
  'org.remove': () => 'removed the organization',
  'org.restore': () => 'restored the organization',
  'team.create': (text) => `created team ${text('slug')}`,
  'team.edit': (text) => `edited team ${text('slug')}`,
  'team.remove': (text) => `removed team ${text('slug')}`,
  'project.create': (text) => `created project ${text('slug')}`,
  'project.remove': (text) => `removed project ${text('slug')}`,
  'project.remove-with-origin': (text) => `removed project ${text('slug')} in ${text('origin')}`,
  'project-team.add': (text) =>
    `added team ${text('team_slug')} to project ${text('project_slug')}`,
  'project-team.remove': (text) =>
    `removed team ${text('team_slug')} from project ${text('project_slug')}`,
  'team-and-project.created': (text) =>
    `created team ${text('team_slug')} and added user to it, and created project ${text('project_slug')}`,
  'servicehook.create': (text) => `added a webhook of ${text('host')}`,
  'servicehook.edit': (text) => `edited the webhook of ${text('host')}`,
  'servicehook.remove': (text) => `removed the webhook of ${text('host')}`,
  'repository.create': (text) => `connected repository ${text('name')}`,
  'repository.edit': (text) => `edited repository ${text('name')}`,
  'repository.remove': (text) => `disconnected repository ${text('name')}`,
  'projectkey.create': (text) => `added project key ${text('public_key')}`,
  'projectkey.edit': (text) => `edited project key ${text('public_key')}`,
  'projectkey.remove': (text) => `removed project key ${text('public_key')}`,
  'org-auth-token.create': (text) => `added org auth token ${text('name')}`,
  'org-auth-token.remove': (text) => `removed org auth token ${text('name')}`,
};

/** The sentence about an entry; empty when its data does not carry what the sentence needs. */
export function auditNote(event: string, data: Data): string {
  if (event === 'org.edit') return changeNote('edited the organization setting', data);
  if (event === 'project.edit') {
    const changes = Object.fromEntries(
      Object.entries(data).filter(([key]) => !projectPayloadKeys.has(key)),
    );
    return changeNote('edited project settings', changes);
  }
  const missing: string[] = [];
  const text = (key: string): string => {
    const value = data[key];
    if (typeof value !== 'string' && typeof value !== 'number') missing.push(key);
    return String(value);
  };
  const note = notes[event]?.(text) ?? '';
  return missing.length > 0 ? '' : note;
}

function changeNote(what: string, changes: Data): string {
  const parts = Object.entries(changes).map(([name, change]) => `${name} ${asText(change)}`);
  return parts.length === 0 ? '' : `${what}: ${parts.join(', ')}`;
}
