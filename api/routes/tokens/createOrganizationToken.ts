import { recordAudit } from '../../../db/auditLog.ts';
import { transaction } from '../../../db/pool.ts';
import { createOrganizationToken as insertOrganizationToken } from '../../../db/tokens.ts';
import { AppError } from '../../../domain/errors.ts';
import { lastCharacters } from '../../../domain/tokens.ts';
import { generateOrganizationToken, hashToken } from '../../../infra/tokens.ts';
import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { organizationTokenScopes } from '../../access/organizationScopes.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { organizationTokenSchema, tokenNameProblem } from './tokenBodies.ts';

/** Whatever the caller may do: such a token is for machines that send releases. */
const SCOPES = ['org:ci'] as const;

export const createOrganizationToken = route({
  name: 'createOrganizationToken',
  method: 'POST',
  path: '/api/0/organizations/{organization}/org-auth-tokens/',
  summary: 'Create a token for machines; it is shown once',
  access: organizationTokenScopes.write,
  body: organizationTokenSchema,
  responses: { 201: 'The token with its secret', 400: 'The name is missing or too long' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, organizationTokenScopes.write);
    const { name, problem } = tokenNameProblem(await request.body());
    if (problem !== null) {
      throw new AppError('invalid_input', problem, { body: { detail: [problem] } });
    }
    const { organization, principal } = access;
    const plaintext = generateOrganizationToken({
      organization: organization.slug,
      url: context.config.publicUrl,
      issuedAt: new Date(),
    });
    const token = await transaction(context.pool, async (tx) => {
      const created = await insertOrganizationToken(tx, {
        organizationId: organization.id,
        name,
        tokenHash: hashToken(plaintext),
        lastCharacters: lastCharacters(plaintext),
        scopes: SCOPES,
        expiresAt: null,
        createdBy: principal.kind === 'user' ? principal.userId : null,
      });
      await recordAudit(tx, {
        organizationId: organization.id,
        event: 'org-auth-token.create',
        actor: auditActor(request),
        targetObject: created.id,
        data: { name, scopes: SCOPES },
      });
      return created;
    });
    const body = await serializeOne('organizationToken', token, context, { plaintext });
    return { status: 201, body };
  },
});
