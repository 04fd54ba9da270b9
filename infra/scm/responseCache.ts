/** A reply of a host that may be valid still: asked with its ETag, the host says so without counting the request. */
export type CachedReply = Readonly<{ etag: string; body: unknown; next: string | null }>;

/**
 * Where replies are kept between requests. Losing entries costs requests, nothing else; a store that fails is as
 * good as an empty one. Keys are opaque and differ for other credentials.
 */
export type ResponseCache = Readonly<{
  get: (key: string) => Promise<CachedReply | null>;
  set: (key: string, reply: CachedReply) => Promise<void>;
}>;

/** In the memory of this process: enough for an attempt that goes on where the last one broke off. */
export function createMemoryCache(entriesMax = 1_000): ResponseCache {
  const entries = new Map<string, CachedReply>();
  return {
    get: (key) => {
      const reply = entries.get(key) ?? null;
      // Read again means written last: a Map keeps the order of insertion.
      if (reply !== null) store(key, reply);
      return Promise.resolve(reply);
    },
    set: (key, reply) => {
      store(key, reply);
      const [oldest] = entries.keys();
      if (entries.size > entriesMax && oldest !== undefined) entries.delete(oldest);
      return Promise.resolve();
    },
  };

  function store(key: string, reply: CachedReply): void {
    entries.delete(key);
    entries.set(key, reply);
  }
}
