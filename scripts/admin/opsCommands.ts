import {
  listOperations,
  retryOperation,
  type ListedOperation,
  type OperationStatus,
} from '../../db/operationAdmin.ts';
import { AdminError, type AdminContext, type Command, type CommandInput } from './command.ts';

const statuses: readonly OperationStatus[] = ['pending', 'failed', 'done'];

/** What wants an operator's eye. */
const DEFAULT_STATUSES: readonly OperationStatus[] = ['pending', 'failed'];

const LISTED_DEFAULT = 50;
const LISTED_MAX = 1_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const opsCommands: readonly Command[] = [
  {
    name: 'ops list',
    usage: `[--status ${statuses.join('|')}] [--limit <n>]`,
    summary: 'Show writes that wait or have failed, the newest first',
    positionals: [0, 0],
    options: { status: { type: 'string' }, limit: { type: 'string' } },
    run: list,
  },
  {
    name: 'ops retry',
    usage: '<id>',
    summary: 'Give a failed write another turn',
    positionals: [1, 1],
    options: {},
    run: retry,
  },
];

async function list({ option }: CommandInput, { pool }: AdminContext) {
  const operations = await listOperations(
    pool,
    readStatuses(option('status')),
    readLimit(option('limit')),
  );
  return {
    json: { operations },
    text: operations.length === 0 ? 'No operations.' : operations.map(line).join('\n'),
  };
}

async function retry({ positionals: [id = ''] }: CommandInput, { pool }: AdminContext) {
  const found = UUID.test(id) ? await retryOperation(pool, id) : null;
  if (found === null) throw new AdminError(`There is no operation with the id "${id}".`);
  if (found.statusBefore === 'done') {
    throw new AdminError(`Operation ${id} is done; there is nothing to retry.`);
  }
  const what = `Operation ${id} (release ${found.release} of ${found.organization})`;
  const state = found.statusBefore === 'pending' ? 'is still pending' : 'is pending again';
  return {
    json: { id, status: 'pending', statusBefore: found.statusBefore },
    text: `${what} ${state}. The worker picks it up within a minute.`,
  };
}

function readStatuses(text: string | null): readonly OperationStatus[] {
  if (text === null) return DEFAULT_STATUSES;
  const named = text.split(',').map((part) => {
    const status = statuses.find((known) => known === part.trim());
    if (status === undefined) {
      throw new AdminError(`There is no status "${part}". Statuses: ${statuses.join(', ')}.`);
    }
    return status;
  });
  return named;
}

function readLimit(text: string | null): number {
  if (text === null) return LISTED_DEFAULT;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > LISTED_MAX) {
    throw new AdminError(`--limit must be a number from 1 to ${LISTED_MAX}.`);
  }
  return limit;
}

function line(operation: ListedOperation): string {
  const reason = operation.lastError ?? (operation.error && JSON.stringify(operation.error));
  return [
    operation.id,
    operation.status,
    operation.kind,
    `${operation.organization}/${operation.release}`,
    `${operation.attempts} attempt${operation.attempts === 1 ? '' : 's'}`,
    `${formatAge(operation.ageSeconds)} old`,
    ...(typeof reason === 'string' ? [reason] : []),
  ].join('  ');
}

function formatAge(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.floor(seconds / 3_600)} h`
    : `${Math.floor(seconds / 86_400)} days`;
}
