import type { Principal } from '../../api/access/principal.ts';
import { scopes } from '../../domain/scopes.ts';
import type { Config } from '../../infra/config.ts';
import { createLogger } from '../../infra/logger.ts';
import { administration } from './administration.ts';
import { AdminError } from './command.ts';

/** Nothing here speaks to Temporal: an endpoint that did would be the wrong one for a tool that may run without it. */
const NO_TEMPORAL = { connectionOptions: {}, namespace: 'default' };

/** Endpoints as the operator of one organization calls them. */
export type AdminApi = Readonly<{
  get: (path: string) => Promise<unknown>;
  post: (path: string, data?: unknown) => Promise<unknown>;
}>;

/**
 * Calls endpoints inside of this process, with every scope in one organization: what they check is checked, what they
 * record in the audit log is recorded, and their errors are those of this tool.
 * @throws AdminError
 */
export async function withApi<T>(
  config: Config,
  organizationId: string,
  work: (api: AdminApi) => Promise<T>,
): Promise<T> {
  // Loaded where it is needed: the other commands start in half the time without it.
  const [{ createContext }, { ApiError }] = await Promise.all([
    import('../../api/createContext.ts'),
    import('../../api/internal/apiError.ts'),
  ]);
  const { context, close } = createContext(config, createLogger('admin', 'silent'), NO_TEMPORAL);
  const as: Principal = {
    kind: 'organization',
    tokenId: '0',
    organizationId,
    scopes,
    label: administration.label,
  };
  try {
    return await work({
      get: async (path) => (await context.internal.get(path, { as })).body,
      post: async (path, data) => (await context.internal.post(path, { as, data })).body,
    });
  } catch (error) {
    throw error instanceof ApiError ? new AdminError(textOf(error.body), { cause: error }) : error;
  } finally {
    await close();
  }
}

/** `{"detail": "…"}` as it is, `{"slug": ["…"]}` as `slug: …`. */
function textOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return String(body);
  if ('detail' in body && typeof body.detail === 'string') return body.detail;
  return Object.entries(body)
    .map(([field, problem]) => `${field}: ${[problem].flat().join(' ')}`)
    .join('\n');
}
