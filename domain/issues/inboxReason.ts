/** Why an issue waits for review, with the numbers that clients know (groups-projects-orgs 1.2). */
export const inboxReasonNumbers = {
  new: 0,
  regression: 2,
  manual: 3,
  reprocessed: 4,
  escalating: 5,
  ongoing: 6,
} as const;
