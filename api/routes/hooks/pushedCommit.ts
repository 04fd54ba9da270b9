import { z } from 'zod';
import type { RawCommit } from '../../../infra/scm/commitRecord.ts';

/** A commit in a push event: GitHub and GitLab tell it alike. */
export const pushedCommitSchema = z.object({
  id: z.string().min(1).max(64),
  message: z.string().nullish(),
  timestamp: z.string().nullish(),
  author: z.object({ name: z.string().nullish(), email: z.string().nullish() }).nullish(),
  added: z.array(z.string()).nullish(),
  removed: z.array(z.string()).nullish(),
  modified: z.array(z.string()).nullish(),
});

export function toPushedCommit(commit: z.infer<typeof pushedCommitSchema>): RawCommit {
  const { id, message, timestamp, author, added, removed, modified } = commit;
  return {
    id,
    message: message ?? '',
    authorName: author?.name ?? null,
    authorEmail: author?.email ?? null,
    timestamp: timestamp ?? null,
    changes: [
      ...(added ?? []).map((path) => ({ path, type: 'A' as const })),
      ...(modified ?? []).map((path) => ({ path, type: 'M' as const })),
      ...(removed ?? []).map((path) => ({ path, type: 'D' as const })),
    ],
    hasMoreChanges: false,
  };
}
