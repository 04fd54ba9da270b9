import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/**
 * One script, one round trip. Names are put together inside of the scripts because they carry the epoch, which only
 * Redis knows; the tag in braces keeps all keys on one node of a cluster.
 *
 * Two marks guard every entry. `epoch` is part of every name: with another one, nothing of before is found. `changes`
 * counts invalidations: a reader learns it before it asks the database, and what it read is stored only if nothing has
 * been invalidated since. So a row that was read before a commit can never be stored after the invalidation of that
 * commit. When either mark is lost (a restart, an eviction), nothing is found and nothing is stored until both are new.
 */
const texts = {
  /** ARGV: a new epoch, then a name and a prefix ('' for no pointer) for each look-up. */
  read: `
local marks = redis.call('mget', KEYS[1] .. 'epoch', KEYS[1] .. 'changes')
local epoch, changes = marks[1], marks[2]
if not epoch or not changes then
  epoch, changes = ARGV[1], '0'
  redis.call('mset', KEYS[1] .. 'epoch', epoch, KEYS[1] .. 'changes', changes)
end
local answer = { epoch, changes }
local space = KEYS[1] .. epoch .. ':'
for index = 2, #ARGV, 2 do
  local found = redis.call('get', space .. ARGV[index])
  answer[#answer + 1] = found
  answer[#answer + 1] = found and ARGV[index + 1] ~= '' and redis.call('get', space .. ARGV[index + 1] .. found)
end
return answer`,

  /** ARGV: the marks of the read, then name, value and life in ms of each entry. */
  store: `
local marks = redis.call('mget', KEYS[1] .. 'epoch', KEYS[1] .. 'changes')
if marks[1] ~= ARGV[1] or marks[2] ~= ARGV[2] then return 0 end
for index = 3, #ARGV, 3 do
  redis.call('set', KEYS[1] .. ARGV[1] .. ':' .. ARGV[index], ARGV[index + 1], 'px', ARGV[index + 2])
end
return 1`,

  /** ARGV: names. */
  invalidate: `
local marks = redis.call('mget', KEYS[1] .. 'epoch', KEYS[1] .. 'changes')
local epoch, changes = marks[1], marks[2]
if not epoch or not changes then
  redis.call('del', KEYS[1] .. 'epoch')
  return 0
end
redis.call('incr', KEYS[1] .. 'changes')
for index = 1, #ARGV do redis.call('del', KEYS[1] .. epoch .. ':' .. ARGV[index]) end
return 1`,

  /** ARGV: a new epoch. */
  reset: `redis.call('mset', KEYS[1] .. 'epoch', ARGV[1], KEYS[1] .. 'changes', '0') return 1`,
} as const;

type CacheScript = Readonly<{ text: string; sha1: string }>;

const script = (text: string): CacheScript => ({
  text,
  sha1: createHash('sha1').update(text).digest('hex'),
});

export const cacheScripts = {
  read: script(texts.read),
  store: script(texts.store),
  invalidate: script(texts.invalidate),
  reset: script(texts.reset),
} as const;

/** Sends only the name of a script that Redis knows, which after the first time is always. */
export async function runScript(
  redis: Pick<Redis, 'eval' | 'evalsha'>,
  { text, sha1 }: CacheScript,
  key: string,
  words: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(sha1, 1, key, ...words);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return redis.eval(text, 1, key, ...words);
  }
}
