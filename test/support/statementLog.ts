import pg from 'pg';
import { onTestFinished } from 'vitest';

/** Bookkeeping that is done at most once a minute, and look-ups that run on a clock of their own. */
const aside = /^(?:touchToken|recordTokenProject|listStale|readMailbox)/;

type Query = (this: unknown, ...parameters: unknown[]) => unknown;

/** Names of all statements that this process, API and worker alike, sends until the test ends. */
export function logStatements(): { take: () => string[] } {
  const prototype = pg.Client.prototype as unknown as Record<'query', Query>;
  const send = prototype.query;
  let names: string[] = [];
  prototype.query = function logged(this: unknown, ...parameters) {
    const [statement] = parameters as [string | { name?: string; text: string }];
    const name = typeof statement === 'string' ? statement : (statement.name ?? statement.text);
    if (!aside.test(name)) names.push(name);
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
