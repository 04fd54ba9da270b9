import { parseCursor } from '../../domain/cursor.ts';
import { offsetPage, offsetWindow, type OffsetWindow } from '../../domain/offsetPage.ts';
import { parsePerPage } from '../../domain/perPage.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import { ok, type ApiResponse } from '../http/apiResponse.ts';
import type { Json } from '../serializers/serializer.ts';
import { pageLink } from './pageLink.ts';

/** A page of a list with offset cursors (releases-api 12.2): parameters, rows, serialisation, Link header. */
export async function offsetList<T>(
  request: ApiRequest,
  context: AppContext,
  list: Readonly<{
    perPageMax?: number;
    rows: (window: OffsetWindow) => Promise<readonly T[]>;
    /** The rows of the page as they are shown. */
    json: (rows: readonly T[]) => Promise<readonly Json[]>;
  }>,
): Promise<ApiResponse> {
  const perPage = parsePerPage(request.query.get('per_page'), list.perPageMax);
  const cursor = parseCursor(request.query.get('cursor'));
  const page = offsetPage(await list.rows(offsetWindow(cursor, perPage)), cursor, perPage);
  return ok(await list.json(page.items), pageLink(request, context, page));
}
