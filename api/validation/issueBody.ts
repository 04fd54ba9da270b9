import type { z } from 'zod';
import { fieldError } from '../../domain/errors.ts';
import { priorities, type Priority } from '../../domain/issues/priority.ts';
import { objectSchema } from './collections.ts';
import { charField, choiceField, field } from './fields.ts';
import { validateBody } from './validateBody.ts';

/** A week: the longest window in which events or users of an ignored issue are counted. */
const WINDOW_MINUTES_MAX = 7 * 24 * 60;

const INTEGER_MAX = 2 ** 31 - 1;

const statuses = [
  'resolved',
  'unresolved',
  'ignored',
  'muted',
  'resolvedInNextRelease',
  'reprocessing',
] as const;

/** API name → stored name. */
const substatuses = {
  archived_until_escalating: 'until_escalating',
  archived_until_condition_met: 'until_condition_met',
  archived_forever: 'forever',
  escalating: 'escalating',
  ongoing: 'ongoing',
  regressed: 'regressed',
  new: 'new',
} as const;

export type Substatus = (typeof substatuses)[keyof typeof substatuses];

const notAChoice = (value: string): string => `"${value}" is not a valid choice.`;

const booleanField = <const O extends Readonly<{ allowNull?: boolean }>>(options: O) =>
  field<boolean, O>(options, { type: 'boolean' }, (value, fail) => {
    if (value === true || value === 'true' || value === 1) return true;
    if (value === false || value === 'false' || value === 0) return false;
    return fail('Must be a valid boolean.');
  });

const integerField = (max = INTEGER_MAX) =>
  field<number, { allowNull: true }>(
    { allowNull: true },
    { type: 'integer', maximum: max },
    (value, fail) => {
      const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
      if (!Number.isSafeInteger(number)) return fail('A valid integer is required.');
      if ((number as number) > max) {
        return fail(`Ensure this value is less than or equal to ${max}.`);
      }
      if ((number as number) < 0) return fail('Ensure this value is greater than or equal to 0.');
      return number as number;
    },
  );

const detailFields = {
  inRelease: charField({}).optional(),
  inNextRelease: booleanField({}).optional(),
  inCommit: objectSchema({ commit: charField({}), repository: charField({}) }).optional(),
  ignoreDuration: integerField().optional(),
  ignoreCount: integerField().optional(),
  ignoreWindow: integerField(WINDOW_MINUTES_MAX).optional(),
  ignoreUserCount: integerField().optional(),
  ignoreUserWindow: integerField(WINDOW_MINUTES_MAX).optional(),
} as const;

/** What a change of issues may say; every field is optional (groups-projects-orgs 1.11). */
export const issueBody = objectSchema({
  ...detailFields,
  status: choiceField(statuses, notAChoice).optional(),
  statusDetails: objectSchema(detailFields).optional(),
  substatus: field<Substatus, { allowNull: true }>(
    { allowNull: true },
    { type: 'string', enum: Object.keys(substatuses) },
    (value, fail) =>
      typeof value === 'string' && value in substatuses
        ? substatuses[value as keyof typeof substatuses]
        : fail(notAChoice(String(value))),
  ).optional(),
  priority: choiceField([...priorities, 'ok'], notAChoice).optional(),
  assignedTo: charField({ allowNull: true, allowBlank: true }).optional(),
  inbox: booleanField({ allowNull: true }).optional(),
  isSubscribed: booleanField({}).optional(),
  isBookmarked: booleanField({}).optional(),
  hasSeen: booleanField({}).optional(),
  isPublic: booleanField({}).optional(),
  merge: booleanField({}).optional(),
  discard: booleanField({}).optional(),
});

export type StatusDetails = Pick<z.output<typeof issueBody>, keyof typeof detailFields>;

export type IssueChange = Readonly<{
  status: 'resolved' | 'unresolved' | 'ignored' | null;
  details: StatusDetails;
  /** `resolvedInNextRelease`: like the detail, but without a release it is just resolved. */
  isNextReleaseOptional: boolean;
  substatus: Substatus | null;
  priority: Priority | null;
  /** Undefined leaves it, null and blank unassign. */
  assignedTo: string | null | undefined;
  inbox: boolean | null;
  isSubscribed: boolean | null;
  isBookmarked: boolean | null;
  hasSeen: boolean | null;
  isPublic: boolean | null;
  merge: boolean;
  discard: boolean;
}>;

/** @throws AppError 400 with the errors of all fields. */
export function parseIssueChange(body: unknown): IssueChange {
  const given = validateBody(issueBody, body);
  // Older clients send the details beside the status.
  const details: StatusDetails = given.statusDetails ?? given;
  const isNext = given.status === 'resolvedInNextRelease';
  const status = isNext ? 'resolved' : (statusAliases[given.status ?? ''] ?? null);
  checkSubstatus(status, given.substatus ?? null);
  return {
    status,
    details: isNext ? { inNextRelease: true } : details,
    isNextReleaseOptional: isNext,
    substatus: given.substatus ?? null,
    priority: priorities.find((priority) => priority === given.priority) ?? null,
    assignedTo: given.assignedTo,
    inbox: given.inbox ?? null,
    isSubscribed: given.isSubscribed ?? null,
    isBookmarked: given.isBookmarked ?? null,
    hasSeen: given.hasSeen ?? null,
    isPublic: given.isPublic ?? null,
    merge: given.merge ?? false,
    discard: given.discard ?? false,
  };
}

const archived: ReadonlySet<Substatus> = new Set([
  'until_escalating',
  'until_condition_met',
  'forever',
]);

/** A resolved issue has none, so what is said with that counts for nothing. @throws AppError 400 */
function checkSubstatus(status: IssueChange['status'], substatus: Substatus | null): void {
  if (substatus === null || status === null || status === 'resolved') return;
  if (archived.has(substatus) !== (status === 'ignored')) {
    throw fieldError('substatus', `No issue that is ${status} has this substatus.`);
  }
}

/** Reprocessing is something that only servers do. */
const statusAliases: Readonly<Record<string, 'resolved' | 'unresolved' | 'ignored'>> = {
  resolved: 'resolved',
  unresolved: 'unresolved',
  ignored: 'ignored',
  muted: 'ignored',
};
