import { parseCursor } from '../../domain/cursor.ts';
import { offsetPage, offsetWindow, type OffsetWindow } from '../../domain/offsetPage.ts';
import { parsePerPage } from '../../domain/perPage.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import { ok, type ApiResponse } from '../http/apiResponse.ts';
import { pageLink } from './pageLink.ts';

/** A page of a list with offset cursors (releases-api 12.2): parameters, rows, serialisation, Link header. */
export async function offsetList<T>(
  request: ApiRequest,
  context: AppContext,
  list: Readonly<{
    perPageMax?: number;
    rows: (window: OffsetWindow) => Promise<readonly T[]>;
    serialize: (row: T) => unknown;
  }>,
): Promise<ApiResponse> {
  const perPage = parsePerPage(request.query.get('per_page'), list.perPageMax);
  const cursor = parseCursor(request.query.get('cursor'));
  const page = offsetPage(await list.rows(offsetWindow(cursor, perPage)), cursor, perPage);
  return ok(page.items.map(list.serialize), pageLink(request, context, page));
}
