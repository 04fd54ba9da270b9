import { z } from 'zod';

/** A flag that is kept as the text "1" or "0": resolution compares with exactly "1" (groups-projects-orgs 1.4). */
const flagText = z
  .union([z.boolean(), z.literal([0, 1])])
  .transform((value) => (value ? '1' : '0'));

/** Settings of a user by the name that people use. */
export const userOptions: Readonly<Record<string, Readonly<{ key: string; schema: z.ZodType }>>> = {
  /** Issues that a commit of mine resolves become mine. */
  selfAssignIssue: { key: 'self_assign_issue', schema: flagText },
};
