import { activity } from './activity.ts';
import { auditLogEntry } from './auditLogEntry.ts';
import { changedFile } from './changedFile.ts';
import { commit } from './commit.ts';
import { delivery } from './delivery.ts';
import { deploy } from './deploy.ts';
import { environment } from './environment.ts';
import { event } from './event.ts';
import { eventSummary } from './eventSummary.ts';
import { issue } from './issue.ts';
import { issueHistory } from './issueHistory.ts';
import { issueLink } from './issueLink.ts';
import { listedActivity } from './listedActivity.ts';
import { member } from './member.ts';
import { memberDetails } from './memberDetails.ts';
import { organization } from './organization.ts';
import { organizationDetails } from './organizationDetails.ts';
import { organizationToken } from './organizationToken.ts';
import { project } from './project.ts';
import { projectDetails } from './projectDetails.ts';
import { projectEnvironment } from './projectEnvironment.ts';
import { projectKey } from './projectKey.ts';
import { release } from './release.ts';
import { releaseDate } from './releaseDate.ts';
import { repository } from './repository.ts';
import { repositoryDetails } from './repositoryDetails.ts';
import type { Json, Serializer, SerializerContext } from './serializer.ts';
import { sync } from './sync.ts';
import { team } from './team.ts';
import { teamMember } from './teamMember.ts';
import { teamWithProjects } from './teamWithProjects.ts';
import { user } from './user.ts';
import { userToken } from './userToken.ts';
import { viewer } from './viewer.ts';
import { webhook } from './webhook.ts';

/** How each kind of model looks in answers; the file is named after the kind. */
const serializers = {
  activity,
  auditLogEntry,
  changedFile,
  commit,
  delivery,
  deploy,
  environment,
  event,
  eventSummary,
  issue,
  issueHistory,
  issueLink,
  listedActivity,
  member,
  memberDetails,
  organization,
  organizationDetails,
  organizationToken,
  project,
  projectDetails,
  projectEnvironment,
  projectKey,
  release,
  releaseDate,
  repository,
  repositoryDetails,
  sync,
  team,
  teamMember,
  teamWithProjects,
  user,
  userToken,
  viewer,
  webhook,
} as const;

type Kind = keyof typeof serializers;

type ModelOf<K extends Kind> =
  (typeof serializers)[K] extends Serializer<infer Model, infer _Options> ? Model : never;

type OptionsOf<K extends Kind> =
  (typeof serializers)[K] extends Serializer<infer _Model, infer Options> ? Options : never;

/** Options may be left out where all of them may; who asks is one where different callers see different things. */
type OptionArguments<K extends Kind> =
  Partial<OptionsOf<K>> extends OptionsOf<K> ? [options?: OptionsOf<K>] : [options: OptionsOf<K>];

/** Models of one kind as JSON, in their order; the number of statements does not depend on how many they are. */
export function serialize<K extends Kind>(
  kind: K,
  models: readonly ModelOf<K>[],
  context: SerializerContext,
  ...[options]: OptionArguments<K>
): Promise<Json[]> {
  // The compiler does not see that the two types of an entry belong together.
  const run = serializers[kind] as unknown as Serializer<ModelOf<K>, OptionsOf<K>>;
  return run(models, context, options ?? ({} as OptionsOf<K>));
}

/** The same for one. */
export async function serializeOne<K extends Kind>(
  kind: K,
  model: ModelOf<K>,
  context: SerializerContext,
  ...options: OptionArguments<K>
): Promise<Json> {
  const [json] = await serialize(kind, [model], context, ...options);
  return json as Json;
}
