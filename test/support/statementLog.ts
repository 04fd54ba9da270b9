import pg from 'pg';
import { onTestFinished } from 'vitest';

/** Bookkeeping that is done at most once a minute, and look-ups that run on a clock of their own. */
const aside = /^(?:touchToken|recordTokenProject|listStale|readMailbox)/;

/** Names of all statements that this process, API and worker alike, sends until the test ends. */
export function logStatements(): { take: () => string[] } {
  const { prototype } = pg.Client;
  const send = prototype.query as (...parameters: unknown[]) => unknown;
  let names: string[] = [];
  prototype.query = function logged(this: pg.Client, ...parameters: unknown[]) {
    const [statement] = parameters as [string | { name?: string; text: string }];
    const name = typeof statement === 'string' ? statement : (statement.name ?? statement.text);
    if (!aside.test(name)) names.push(name);
    return send.apply(this, parameters);
  } as never;
  onTestFinished(() => {
    prototype.query = send as never;
  });
  return {
    take: () => {
      const taken = names;
      names = [];
      return taken;
    },
  };
}
