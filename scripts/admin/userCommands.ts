import { recordAudit } from '../../db/auditLog.ts';
import { findMemberByUser } from '../../db/models/member.ts';
import { transaction } from '../../db/pool.ts';
import { addTeamMember } from '../../db/teams.ts';
import { setOptions } from '../../db/setOptions.ts';
import { createUser, findUserByEmail, upsertMember } from '../../db/users.ts';
import { roles, type Role } from '../../domain/scopes.ts';
import { userOptions } from '../../domain/userOptions.ts';
import { administration } from './administration.ts';
import { readAssignments } from './assignments.ts';
import {
  AdminError,
  UsageError,
  type AdminContext,
  type Command,
  type CommandInput,
} from './command.ts';
import { requireOrganization, requireTeamIds, requireUser } from './lookUp.ts';

const schemas = Object.fromEntries(
  Object.entries(userOptions).map(([key, { schema }]) => [key, schema]),
);

export const userCommands: readonly Command[] = [
  {
    name: 'user create',
    usage: `<email> --org <org> [--role ${roles.join('|')}] [--team <team>]… [--name <name>]`,
    summary: 'Create a user with a verified e-mail, or make a known one a member',
    positionals: [1, 1],
    options: {
      org: { type: 'string' },
      role: { type: 'string' },
      team: { type: 'string', multiple: true },
      name: { type: 'string' },
    },
    run: create,
  },
  {
    name: 'user set',
    usage: '<email> <key>=<value>…',
    summary: 'Change settings, for example selfAssignIssue=true',
    positionals: [2, null],
    options: {},
    run: set,
  },
];

async function create(
  { positionals: [email = ''], option, options }: CommandInput,
  { pool }: AdminContext,
) {
  const idOrSlug = option('org');
  if (idOrSlug === null) throw new UsageError('--org is required.');
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new AdminError(`"${email}" is not an e-mail.`);
  const role = readRole(option('role'));
  const organization = await requireOrganization(pool, idOrSlug);
  const teamIds = await requireTeamIds(pool, organization, options('team'));

  const { user, member } = await transaction(pool, async (tx) => {
    const found =
      (await findUserByEmail(tx, email)) ??
      (await createUser(tx, { email, name: option('name') ?? '' })) ??
      // Somebody else created it a moment ago.
      (await findUserByEmail(tx, email));
    if (found === null) throw new AdminError(`Another user has the username "${email}".`);
    const organizationId = organization.id;
    const before = await findMemberByUser(tx, organizationId, found.id);
    const joined = await upsertMember(tx, { organizationId, userId: found.id, role });
    const added = await addTeamMember(tx, joined.id, teamIds);
    if (before?.role !== joined.role || added > 0) {
      await recordAudit(tx, {
        organizationId,
        event: before === null ? 'member.add' : 'member.edit',
        actor: administration,
        targetObject: joined.id,
        targetUser: found.id,
        data: { email, role: joined.role, ...(teamIds.length > 0 && { teams: options('team') }) },
      });
    }
    return { user: found, member: joined };
  });
  return {
    json: { id: user.id, email: user.email },
    text: `User ${user.email} (id ${user.id}) is a member of ${organization.slug} with the role ${member.role}.`,
  };
}

function readRole(text: string | null): Role | null {
  if (text === null) return null;
  const role = roles.find((known) => known === text);
  if (role === undefined) {
    throw new AdminError(`There is no role "${text}". Roles: ${roles.join(', ')}.`);
  }
  return role;
}

async function set({ positionals: [email = '', ...words] }: CommandInput, { pool }: AdminContext) {
  const values = readAssignments(words, schemas);
  const user = await requireUser(pool, email);
  await setOptions(
    pool,
    'user',
    user.id,
    new Map([...values].map(([key, value]) => [userOptions[key]?.key ?? key, value])),
  );
  return {
    json: { id: user.id, email: user.email },
    text: `User ${user.email}: ${[...values.keys()].join(', ')} set.`,
  };
}
