import { formatDateTime } from '../../domain/dateTime.ts';
import { rowSerializer } from './serializer.ts';

type ReleaseDate = Readonly<{ version: string; dateAdded: string }>;

/** A release as a mark on a chart. */
export const releaseDate = rowSerializer(({ version, dateAdded }: ReleaseDate) => ({
  version,
  date: formatDateTime(dateAdded),
}));
