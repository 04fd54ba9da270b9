import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { CacheReading, SharedCache } from '../../infra/cache/sharedCache.ts';
import { Coalescer } from '../../infra/coalescer.ts';
import type { Metrics } from '../../infra/metrics.ts';
import { listAccessibleProjects } from '../access.ts';
import type { Queryable } from '../pool.ts';

/** As upstream (groups-projects-orgs 6.2); here only the longest life of what no change has ended before. */
const TTL_MS = 60_000;

/** A list that is longer costs more to carry than to ask for. */
const REMEMBERED_MAX = 1_000;

const reachableProject = z.object({ id: z.string(), slug: z.string() });

export type ReachableProject = Readonly<z.output<typeof reachableProject>>;

/** Whose projects, of which organization, and which of them; null for a member means those of everybody. */
type Question = Readonly<{
  organizationId: string;
  memberId: string | null;
  names: readonly string[] | null;
}>;

/**
 * Which projects somebody may use. What is remembered of an organization lies under one mark, and any change of its
 * members, teams, projects or their links drops the mark (migration 0014): access that was given or taken shows with the
 * next request.
 */
export class ProjectAccess {
  private readonly db: Queryable;
  private readonly shared: SharedCache;
  private readonly counted: Metrics['cacheLookUps'];
  private readonly lookUps = new Coalescer<readonly ReachableProject[]>();

  constructor(
    options: Readonly<{ db: Queryable; shared: SharedCache; counted: Metrics['cacheLookUps'] }>,
  ) {
    this.db = options.db;
    this.shared = options.shared;
    this.counted = options.counted;
  }

  projects(question: Question): Promise<readonly ReachableProject[]> {
    const { organizationId, memberId } = question;
    const names = question.names && [...new Set(question.names)].sort();
    const text = JSON.stringify([organizationId, memberId, names]);
    return this.lookUps.run(text, () => this.find({ ...question, names }, text));
  }

  private async find(question: Question, text: string): Promise<readonly ReachableProject[]> {
    const mark = `access:${question.organizationId}`;
    const prefix = `${mark}:${createHash('sha256').update(text).digest('base64url')}:`;
    const reading = await this.shared.read([{ name: mark, prefix }]);
    const [answer] = reading?.answers ?? [];
    const isKnown = typeof answer?.target === 'string';
    const outcome = isKnown ? 'hit' : reading === null ? 'bypassed' : 'miss';
    this.counted.inc({ model: 'project_access', outcome });
    if (isKnown) {
      return z.array(reachableProject).parse(JSON.parse(answer.target));
    }
    const listed = await listAccessibleProjects(this.db, question);
    const projects = listed.map(({ id, slug }) => ({ id, slug }));
    if (reading !== null && projects.length <= REMEMBERED_MAX) {
      this.remember(reading, { mark, known: answer?.found ?? null, prefix }, projects);
    }
    return projects;
  }

  private remember(
    reading: CacheReading,
    { mark, known, prefix }: Readonly<{ mark: string; known: string | null; prefix: string }>,
    projects: readonly ReachableProject[],
  ): void {
    const value = known ?? randomUUID();
    this.shared.store(reading, [
      ...(known === null ? [{ name: mark, value, ttlMs: TTL_MS }] : []),
      { name: prefix + value, value: JSON.stringify(projects), ttlMs: TTL_MS },
    ]);
  }
}
