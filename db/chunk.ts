/** What one transaction of a long pass did, and where the next one begins; null says that this was the last. */
export type Chunk = Readonly<{ rows: number; cursor: string | null }>;
