import { createHash } from 'node:crypto';
import type { ProjectView } from '../../db/organizationLists.ts';
import type { ProjectKey } from '../../db/projects.ts';
import type { ProjectSettings } from '../../db/projectSettings.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { formatDsn } from '../../domain/dsn.ts';
import { readProjectOptions } from '../../domain/projectOptions.ts';
import { letterAvatar } from './avatar.ts';

export function serializeProject(project: ProjectView): Record<string, unknown> {
  return {
    id: project.id,
    slug: project.slug,
    name: project.name,
    platform: project.platform,
    platforms: [],
    status: project.status,
    color: colorOf(project.slug),
    dateCreated: formatDateTime(project.dateAdded),
    firstEvent: project.firstEvent === null ? null : formatDateTime(project.firstEvent),
    isPublic: false,
    isInternal: false,
    isMember: project.isMember,
    hasAccess: true,
    isBookmarked: project.isBookmarked,
    features: ['releases'],
    team: project.teams[0] ?? null,
    teams: project.teams,
    avatar: letterAvatar,
  };
}

/** A project with its settings by name. */
export function serializeProjectDetails(
  project: ProjectView,
  settings: ProjectSettings,
): Record<string, unknown> {
  return {
    ...serializeProject(project),
    ...readProjectOptions(settings.options),
    options: settings.options,
    plugins: [],
    processingIssues: 0,
    latestRelease: null,
  };
}

export function serializeProjectKey(
  key: ProjectKey,
  projectId: string,
  publicUrl: string,
): Record<string, unknown> {
  const dsn = formatDsn(publicUrl, key.publicKey, projectId);
  const endpoint = `${publicUrl}/api/${projectId}`;
  return {
    id: key.publicKey,
    name: key.label,
    label: key.label,
    public: key.publicKey,
    projectId: projectId,
    isActive: key.isActive,
    rateLimit: null,
    dsn: {
      public: dsn,
      envelope: `${endpoint}/envelope/`,
      otlp_traces: `${endpoint}/integration/otlp/v1/traces/`,
    },
    dateCreated: formatDateTime(key.dateAdded),
  };
}

/** Always the same for the same slug, dark enough for white letters. */
function colorOf(slug: string): string {
  const [hue = 0, saturation = 0, lightness = 0] = createHash('sha256')
    .update(slug.toUpperCase())
    .digest();
  const channel = (value: number): string => (64 + Math.floor(value / 2)).toString(16);
  return `#${channel(hue)}${channel(saturation)}${channel(lightness)}`;
}
