/** What a row of group history says (groups-projects-orgs 1.2). */
export const historyStatuses = [
  'unresolved',
  'resolved',
  'auto_resolved',
  'ignored',
  'unignored',
  'assigned',
  'unassigned',
  'regressed',
  'deleted',
  'deleted_and_discarded',
  'reviewed',
  'resolved_in_release',
  'resolved_in_commit',
  'resolved_in_pull_request',
  'escalating',
  'archived_until_escalating',
  'archived_forever',
  'archived_until_condition_met',
  'priority_low',
  'priority_medium',
  'priority_high',
] as const;

export type HistoryStatus = (typeof historyStatuses)[number];

const resolved: readonly HistoryStatus[] = [
  'resolved',
  'auto_resolved',
  'resolved_in_release',
  'resolved_in_commit',
  'resolved_in_pull_request',
];
const open: readonly HistoryStatus[] = ['unresolved', 'regressed', 'escalating'];

/** Which earlier statuses each one undoes; a new row names the newest of them. */
export const inverseStatuses: Readonly<Partial<Record<HistoryStatus, readonly HistoryStatus[]>>> = {
  ...Object.fromEntries(resolved.map((status) => [status, open])),
  unresolved: [...resolved, 'ignored', 'regressed', 'escalating'],
  regressed: resolved,
  ignored: ['unignored'],
  unignored: ['ignored'],
  assigned: ['unassigned'],
  unassigned: ['assigned'],
  escalating: ['archived_until_escalating'],
};
