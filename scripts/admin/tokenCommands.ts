import { recordAudit } from '../../db/auditLog.ts';
import { transaction, type Pool } from '../../db/pool.ts';
import {
  createOrganizationToken,
  createUserToken,
  listOrganizationTokens,
  listUserTokens,
  revokeToken,
  type NewToken,
} from '../../db/tokens.ts';
import { scopes, type Scope } from '../../domain/scopes.ts';
import { lastCharacters } from '../../domain/tokens.ts';
import { generateOrganizationToken, generateUserToken, hashToken } from '../../infra/tokens.ts';
import { administration } from './administration.ts';
import {
  AdminError,
  UsageError,
  type AdminContext,
  type Command,
  type CommandInput,
} from './command.ts';
import { requireOrganization, requireUser } from './lookUp.ts';

const TOKEN_NAME = 'Created by the admin tool';

/** Machines that only send releases need no more (groups-projects-orgs 6.4). */
const ORGANIZATION_TOKEN_SCOPES = 'org:ci';

/** More than a person reads; nobody has as many without having lost track. */
const LISTED_MAX = 1_000;

export const tokenCommands: readonly Command[] = [
  {
    name: 'token create',
    usage:
      '(--user <email> --scopes <a,b> | --org <org> [--scopes org:ci]) [--expires <ISO date>] [--name <name>]',
    summary: 'Create a token; it is shown once',
    positionals: [0, 0],
    options: {
      user: { type: 'string' },
      org: { type: 'string' },
      scopes: { type: 'string' },
      expires: { type: 'string' },
      name: { type: 'string' },
    },
    run: create,
  },
  {
    name: 'token list',
    usage: '(--user <email> | --org <org>)',
    summary: 'Show the tokens of a user or an organization, never their secrets',
    positionals: [0, 0],
    options: { user: { type: 'string' }, org: { type: 'string' } },
    run: list,
  },
  {
    name: 'token revoke',
    usage: '<id>',
    summary: 'End a token at once',
    positionals: [1, 1],
    options: {},
    run: revoke,
  },
];

async function create({ option }: CommandInput, context: AdminContext) {
  const owner = readOwner(option);
  const scopeText =
    option('scopes') ?? (owner.kind === 'organization' ? ORGANIZATION_TOKEN_SCOPES : null);
  if (scopeText === null) throw new UsageError('--scopes is required with --user.');
  const shared = { scopes: readScopes(scopeText), expiresAt: readExpiry(option('expires')) };
  const name = option('name') ?? TOKEN_NAME;

  if (owner.kind === 'user') {
    const user = await requireUser(context.pool, owner.name);
    const plaintext = generateUserToken();
    const { id } = await createUserToken(context.pool, {
      ...stored(plaintext, shared),
      userId: user.id,
      name,
    });
    return shown(id, plaintext);
  }
  const organization = await requireOrganization(context.pool, owner.name);
  const plaintext = generateOrganizationToken({
    organization: organization.slug,
    url: context.publicUrl,
    issuedAt: new Date(),
  });
  const organizationId = organization.id;
  const { id } = await transaction(context.pool, async (tx) => {
    const created = await createOrganizationToken(tx, {
      ...stored(plaintext, shared),
      organizationId,
      name,
      createdBy: null,
    });
    await recordAudit(tx, {
      organizationId,
      event: 'org-auth-token.create',
      actor: administration,
      targetObject: created.id,
      data: { name, scopes: shared.scopes },
    });
    return created;
  });
  return shown(id, plaintext);
}

async function list({ option }: CommandInput, { pool }: AdminContext) {
  const owner = readOwner(option);
  const tokens =
    owner.kind === 'user'
      ? await listUserTokens(pool, (await requireUser(pool, owner.name)).id, LISTED_MAX)
      : await listOrganizationTokens(
          pool,
          (await requireOrganization(pool, owner.name)).id,
          LISTED_MAX,
        );
  const lines = tokens.map((token) =>
    [
      token.id,
      `…${token.lastCharacters}`,
      token.scopes.join(','),
      `last used ${token.dateLastUsed ?? 'never'}`,
      `expires ${token.expiresAt ?? 'never'}`,
      token.name ?? '',
    ].join('  '),
  );
  return { json: { tokens }, text: lines.length === 0 ? 'No tokens.' : lines.join('\n') };
}

async function revoke({ positionals: [id = ''] }: CommandInput, { pool }: AdminContext) {
  const kind = /^\d{1,18}$/.test(id) ? await end(pool, id) : null;
  if (kind === null)
    throw new AdminError(`There is no token with the id "${id}" that still works.`);
  return { json: { id, kind }, text: `Token ${id} (${kind}) no longer works.` };
}

/** The audit log is that of an organization: what becomes of tokens of people is not in it. */
function end(pool: Pool, id: string): Promise<'user' | 'organization' | null> {
  return transaction(pool, async (tx) => {
    const token = await revokeToken(tx, id);
    if (token?.kind === 'organization') {
      const { organizationId, name, scopes: ended } = token;
      await recordAudit(tx, {
        organizationId,
        event: 'org-auth-token.remove',
        actor: administration,
        targetObject: id,
        data: { name, scopes: ended },
      });
    }
    return token?.kind ?? null;
  });
}

function readOwner(
  option: CommandInput['option'],
): Readonly<{ kind: 'user' | 'organization'; name: string }> {
  const user = option('user');
  const organization = option('org');
  if (user !== null && organization === null) return { kind: 'user', name: user };
  if (user === null && organization !== null) return { kind: 'organization', name: organization };
  throw new UsageError('Give either --user or --org.');
}

function readScopes(text: string): Scope[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))].filter(Boolean);
  const unknown = names.filter((name) => !scopes.some((scope) => scope === name));
  if (unknown.length > 0) {
    throw new AdminError(
      `Unknown scope ${unknown.map((name) => `"${name}"`).join(', ')}. Scopes: ${scopes.join(', ')}.`,
    );
  }
  return scopes.filter((scope) => names.includes(scope));
}

function readExpiry(text: string | null): string | null {
  if (text === null) return null;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new AdminError(`--expires: "${text}" is not an ISO date.`);
  return new Date(time).toISOString();
}

function stored(plaintext: string, shared: Pick<NewToken, 'scopes' | 'expiresAt'>): NewToken {
  return {
    ...shared,
    tokenHash: hashToken(plaintext),
    lastCharacters: lastCharacters(plaintext),
  };
}

function shown(id: string, token: string) {
  return {
    json: { id, token },
    text: `${token}\nThis is token ${id}. It is shown this once: only its hash is kept.`,
  };
}
