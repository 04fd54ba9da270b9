import pg from 'pg';
import { onTestFinished } from 'vitest';

/** Bookkeeping that is done at most once a minute, look-ups that run on a clock of their own, and greetings. */
const aside =
  /^(?:touchToken|recordTokenProject|listStale|readMailbox|listen |heartbeat|countPending$)/;

type Query = (this: unknown, ...parameters: unknown[]) => unknown;

/** Rows that the model cache does not have yet. */
const lookUps = /^(?:load[A-Z]|listAccessibleProjects)/;

/**
 * Names of all statements that this process, API and worker alike, sends until the test ends; those of look-ups that
 * are done only while they are not in the cache when they are asked for.
 */
export function logStatements(options: Readonly<{ lookUps?: boolean }> = {}): {
  take: () => string[];
} {
  const prototype = pg.Client.prototype as unknown as Record<'query', Query>;
  const send = prototype.query;
  let names: string[] = [];
  prototype.query = function logged(this: unknown, ...parameters) {
    const [statement] = parameters as [string | { name?: string; text: string }];
    const name = typeof statement === 'string' ? statement : (statement.name ?? statement.text);
    const isCounted = !aside.test(name) && (options.lookUps === true || !lookUps.test(name));
    if (isCounted) names.push(name);
    return send.apply(this, parameters);
  };
  onTestFinished(() => {
    prototype.query = send;
  });
  return {
    take: () => {
      const taken = names;
      names = [];
      return taken;
    },
  };
}
