import { readReleaseEvents, type ReleaseEvents } from '../../db/releases/readReleaseEvents.ts';
import type { ReleaseProjectView, ReleaseView } from '../../db/releases/releaseView.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import type { Json, SerializerContext } from './serializer.ts';

/** Which events of releases count; null counts all. */
export type EventScope = Readonly<{
  projectIds: readonly string[] | null;
  environmentIds: readonly string[] | null;
}>;

const everywhere: EventScope = { projectIds: null, environmentIds: null };

type Figures = Pick<ReleaseEvents, 'newGroups' | 'firstEvent' | 'lastEvent'>;

const nothing: Figures = { newGroups: 0, firstEvent: null, lastEvent: null };

/** What the events of releases say of them, in the projects and environments that were asked for. */
export class EventFigures {
  private readonly projectIds: readonly string[] | null;
  private readonly inEnvironments: readonly ReleaseEvents[] | null;

  private constructor(
    projectIds: readonly string[] | null,
    inEnvironments: readonly ReleaseEvents[] | null,
  ) {
    this.projectIds = projectIds;
    this.inEnvironments = inEnvironments;
  }

  static async load(
    { pool }: SerializerContext,
    releases: readonly ReleaseView[],
    { projectIds, environmentIds }: EventScope = everywhere,
  ): Promise<EventFigures> {
    const ids = releases.map(({ id }) => id);
    return new EventFigures(
      projectIds,
      environmentIds === null ? null : await readReleaseEvents(pool, ids, environmentIds),
    );
  }

  ofProject(release: ReleaseView, project: ReleaseProjectView): Figures {
    if (this.inEnvironments === null) return project;
    const found = this.inEnvironments.find(
      ({ releaseId, projectId }) => releaseId === release.id && projectId === project.id,
    );
    return found ?? nothing;
  }

  ofRelease(release: ReleaseView): Json {
    const figures = release.projects
      .filter(({ id }) => this.projectIds?.includes(id) ?? true)
      .map((project) => this.ofProject(release, project));
    return {
      newGroups: figures.reduce((sum, { newGroups }) => sum + newGroups, 0),
      firstEvent: sorted(figures.map(({ firstEvent }) => firstEvent)).at(0) ?? null,
      lastEvent: sorted(figures.map(({ lastEvent }) => lastEvent)).at(-1) ?? null,
    };
  }
}

/** Dates as answers write them, so that they compare as texts. */
function sorted(dates: readonly (string | null)[]): string[] {
  return dates
    .filter((date) => date !== null)
    .map(formatDateTime)
    .sort();
}
