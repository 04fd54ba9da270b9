import { recordAudit } from '../../../db/auditLog.ts';
import {
  lockOrganizationSettings,
  storeOrganizationSettings,
  type OrganizationSettings,
} from '../../../db/organizationSettings.ts';
import { restoreOrganization } from '../../../db/organizationDeletion.ts';
import { violatedConstraint } from '../../../db/pgErrors.ts';
import { transaction, type Transaction } from '../../../db/pool.ts';
import { AppError, fieldError } from '../../../domain/errors.ts';
import { organizationOptions } from '../../../domain/organizationOptions.ts';
import { planSettings, settingValue } from '../../../domain/settingChanges.ts';
import {
  mergeTrustedRelays,
  TRUSTED_RELAYS_OPTION,
  trustedRelaysSchema,
  type TrustedRelay,
} from '../../../domain/trustedRelays.ts';
import { auditActor } from '../../access/auditActor.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import { organizationScopes } from '../../access/organizationScopes.ts';
import { requireKnownOrganization } from '../../access/requireKnownOrganization.ts';
import { ok } from '../../http/apiResponse.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { route } from '../../http/route.ts';
import { NON_FIELD_ERRORS } from '../../validation/collections.ts';
import {
  organizationUpdateSchema,
  type OrganizationUpdateBody,
} from '../../validation/organizationBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { readUpload, storeUpload, type AvatarFields } from '../avatars/storeUpload.ts';
import { organizationAuditData } from './organizationAuditData.ts';
import { organizationDetails } from './organizationDetails.ts';

const avatarFields: AvatarFields = { type: 'avatarType', photo: 'avatar' };

export const updateOrganization = route({
  name: 'updateOrganization',
  method: 'PUT',
  path: '/api/0/organizations/{organization}/',
  summary: 'Change name, slug and settings of an organization',
  access: organizationScopes.write,
  body: organizationUpdateSchema,
  responses: {
    200: 'The organization',
    400: 'A field is wrong or unknown',
    413: 'The avatar is larger than 5 MB',
    404: 'No such organization',
  },
  handle: async (request, context) => {
    const access = await requireKnownOrganization(request, context, organizationScopes.write);
    const body = readBody(access, await request.body());
    const { id } = access.organization;
    const upload = await readUpload('organization', body, avatarFields);
    const { isRestored, ...changed } = await transaction(context.pool, async (tx) => {
      const updated = await update(tx, request, access, body);
      if (upload !== null) {
        await storeUpload(tx, { kind: 'organization', id }, upload, avatarFields);
      }
      return updated;
    }).catch((error: unknown) => {
      if (violatedConstraint(error) !== 'organization_slug_key') throw error;
      throw fieldError('slug', `The slug "${body.slug ?? ''}" is already in use.`);
    });
    if (isRestored) await context.deletions.nudge({ model: 'organization', id });
    const organization = { ...access.organization, ...changed };
    return ok(await organizationDetails(context, { ...access, organization }, true));
  },
});

/** @throws AppError 400 for a field that is wrong or that nobody knows (decisions 23). */
function readBody(access: OrganizationAccess, given: unknown): OrganizationUpdateBody {
  const fields = typeof given === 'object' && given !== null ? Object.keys(given) : [];
  const known = organizationUpdateSchema.shape;
  if (
    typeof given === 'object' &&
    given !== null &&
    'codecovAccess' in given &&
    Boolean(given.codecovAccess)
  ) {
    // Nobody sells plans here.
    throw new AppError('forbidden', 'A paid plan is required to enable this feature.');
  }
  const unknown = fields.filter((field) => !(field in known));
  if (unknown.length > 0) {
    throw new AppError('invalid_input', `Unknown field ${unknown.join(', ')}`, {
      body: Object.fromEntries(unknown.map((field) => [field, ['This field is not known.']])),
    });
  }
  const body = validateBody(organizationUpdateSchema, given) as Record<string, unknown>;
  if (body['require2FA'] === true) {
    // Nobody has a second factor here: whoever asked would be the first to be locked out.
    throw fieldError(
      'require2FA',
      'Cannot require two-factor authentication without personal two-factor enabled.',
    );
  }
  return allowedFields(access, body);
}

/** Without the settings that are not the caller's to change (groups-projects-orgs 4.5). */
function allowedFields(
  access: OrganizationAccess,
  body: Readonly<Record<string, unknown>>,
): OrganizationUpdateBody {
  const isAdmin = access.scopes.includes('org:admin');
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => {
      const definition = organizationOptions[name];
      if (value === undefined || (definition?.isForAdmins === true && !isAdmin)) return false;
      if (definition?.isForOperators === true) {
        throw fieldError(name, 'Only the operator of this installation can change this setting.');
      }
      return true;
    }),
  );
}

type Updated = Readonly<{
  name: string;
  slug: string;
  openMembership: boolean;
  /** Whether its deletion was taken back. */
  isRestored: boolean;
}>;

async function update(
  tx: Transaction,
  request: ApiRequest,
  access: OrganizationAccess,
  body: OrganizationUpdateBody,
): Promise<Updated> {
  const organizationId = access.organization.id;
  // First, as everywhere: the order of a deletion is locked before what it deletes.
  const isRestored = isTakenBack(access, body) && (await restoreOrganization(tx, organizationId));
  const before = await lockOrganizationSettings(tx, organizationId);
  const given = new Map(Object.entries(body).filter(([name]) => name in organizationOptions));
  checkSampleRate(before, given);
  const planned = planSettings(before, given);
  const relays = planRelays(before, body['trustedRelays']);
  const columns = { name: body.name ?? before.name, slug: body.slug ?? before.slug };
  const changes = { ...columnChanges(before, columns), ...planned.changes, ...relays.changes };
  await storeOrganizationSettings(tx, organizationId, columns, {
    ...planned,
    options: new Map([...planned.options, ...relays.options]),
  });
  const restored = isRestored
    ? organizationAuditData({ ...columns, id: organizationId, status: 'active' })
    : {};
  if (isRestored || Object.keys(changes).length > 0) {
    await recordAudit(tx, {
      organizationId,
      event: isRestored ? 'org.restore' : 'org.edit',
      actor: auditActor(request),
      targetObject: organizationId,
      data: { ...changes, ...restored },
    });
  }
  const openMembership = planned.openMembership ?? before.openMembership;
  return { ...columns, openMembership, isRestored };
}

/** Only admins take back a deletion; from others the key is ignored. */
function isTakenBack({ scopes }: OrganizationAccess, body: OrganizationUpdateBody): boolean {
  return body['cancelDeletion'] === true && scopes.includes('org:admin');
}

/** One rate for the whole organization says nothing where every project has its own. */
function checkSampleRate(before: OrganizationSettings, given: ReadonlyMap<string, unknown>): void {
  const mode = organizationOptions['samplingMode'];
  const current = mode === undefined ? null : settingValue(mode, before);
  if (!given.has('targetSampleRate') || (given.get('samplingMode') ?? current) !== 'project')
    return;
  throw fieldError(
    NON_FIELD_ERRORS,
    'Must be in Automatic Mode to configure the organization sample rate.',
  );
}

function columnChanges(
  before: OrganizationSettings,
  after: Readonly<{ name: string; slug: string }>,
): Record<string, string> {
  return Object.fromEntries(
    (['name', 'slug'] as const)
      .filter((column) => before[column] !== after[column])
      .map((column) => [column, `from ${before[column]} to ${after[column]}`]),
  );
}

function planRelays(
  before: OrganizationSettings,
  given: unknown,
): Readonly<{ options: Map<string, unknown>; changes: Record<string, string> }> {
  if (given === undefined) return { options: new Map(), changes: {} };
  const stored = (before.options[TRUSTED_RELAYS_OPTION] ?? []) as readonly TrustedRelay[];
  const { relays, isChanged } = mergeTrustedRelays(
    stored,
    trustedRelaysSchema.parse(given),
    new Date().toISOString(),
  );
  if (!isChanged) return { options: new Map(), changes: {} };
  const names = relays.map(({ name }) => name).join(', ');
  return {
    options: new Map([[TRUSTED_RELAYS_OPTION, relays]]),
    changes: { trustedRelays: `to ${names === '' ? 'none' : names}` },
  };
}
