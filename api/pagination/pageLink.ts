import type { Page } from '../../domain/cursor.ts';
import { linkHeader } from '../../domain/linkHeader.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';

/** The headers of a page: where the pages before and after it are (releases-api 12.1). */
export function pageLink(
  request: ApiRequest,
  context: AppContext,
  { previous, next }: Page<unknown>,
): { Link: string } {
  const { path, query } = request;
  return {
    Link: linkHeader({ publicUrl: context.config.publicUrl, path, query, previous, next }),
  };
}
