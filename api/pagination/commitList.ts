import { parseCursor } from '../../domain/cursor.ts';
import { parsePerPage } from '../../domain/perPage.ts';
import { valuePage, valueWindow } from '../../domain/valuePage.ts';
import { listReleaseCommits } from '../../db/releases/readCommits.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import { ok, type ApiResponse } from '../http/apiResponse.ts';
import { serialize } from '../serializers/serialize.ts';
import { pageLink } from './pageLink.ts';

/** A page of the commits of a release, newest first, with value cursors over their position (releases-api 3.9). */
export async function commitList(
  request: ApiRequest,
  context: AppContext,
  releaseId: string,
  repositoryIds: readonly string[] | null,
): Promise<ApiResponse> {
  const perPage = parsePerPage(request.query.get('per_page'));
  const cursor = parseCursor(request.query.get('cursor'));
  const window = valueWindow(cursor, perPage);
  const rows = await listReleaseCommits(context.pool, releaseId, window, repositoryIds);
  const page = valuePage(rows, cursor, perPage, (row) => row.position);
  const commits = page.items.map((row) => row.commit);
  return ok(await serialize('commit', commits, context), pageLink(request, context, page));
}
