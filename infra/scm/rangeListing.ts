import { z } from 'zod';
import { addLimit, toCommitRecord, type RawCommit } from './commitRecord.ts';
import type { CommitPage, CommitRange, RangeLimit, RangeOutcome } from './provider.ts';

/** A listing that was under way: what it had found out, and where in the range the provider stood. */
export type SavedListing = Readonly<{ outcome: RangeOutcome; position: number }>;

const savedSchema = z.object({
  range: z.string(),
  position: z.number().int().nonnegative(),
  outcome: z.object({
    head: z.string(),
    base: z.string().nullable(),
    baseChoice: z.enum(['given', 'merge_base', 'recent']),
    baseNote: z.string().nullable(),
    listed: z.number().int().nonnegative(),
    total: z.number().int().nonnegative().nullable(),
    limits: z.array(
      z.object({
        kind: z.enum(['commits', 'files', 'history', 'text']),
        affected: z.number().int().nonnegative().nullable(),
        reason: z.string(),
      }),
    ),
  }),
});

/** Turns what a provider reads into pages, and keeps the books: counts, limits and the cursor. */
export class RangeListing {
  private readonly range: CommitRange;
  private readonly repository: string;
  private current: RangeOutcome;

  constructor(range: CommitRange, repository: string, outcome: RangeOutcome) {
    this.range = range;
    this.repository = repository;
    this.current = outcome;
  }

  /** What a cursor says; null for one of another range or shape, so that two ranges never mix. */
  static read(range: CommitRange, cursor: string | null | undefined): SavedListing | null {
    if (cursor === null || cursor === undefined) return null;
    try {
      const parsed = savedSchema.safeParse(JSON.parse(cursor));
      return parsed.success && parsed.data.range === JSON.stringify(range) ? parsed.data : null;
    } catch {
      return null;
    }
  }

  get outcome(): RangeOutcome {
    return this.current;
  }

  /** The commits of the next page; `position` is where the one after it starts, null after the last. */
  page(commits: readonly RawCommit[], position: number | null): CommitPage {
    const records = commits.map((commit) =>
      toCommitRecord(commit, this.repository, (limit) => this.limit(limit)),
    );
    this.update({ listed: this.current.listed + records.length });
    return { commits: records, cursor: this.cursor(position), outcome: this.current };
  }

  limit(limit: RangeLimit): void {
    this.update({ limits: addLimit(this.current.limits, limit) });
  }

  update(known: Partial<RangeOutcome>): void {
    this.current = { ...this.current, ...known };
  }

  private cursor(position: number | null): string | null {
    if (position === null) return null;
    return JSON.stringify({ range: JSON.stringify(this.range), position, outcome: this.current });
  }
}

/** What is known of a range before its first page. */
export function startOutcome(
  known: Pick<RangeOutcome, 'head' | 'base' | 'baseChoice'> & Partial<RangeOutcome>,
): RangeOutcome {
  return { baseNote: null, listed: 0, total: null, limits: [], ...known };
}
