import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';

/** The content of a file of ours, or null when there is none or it is not what we wrote. */
export function readJsonFile<T>(file: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/** Replaces the file at once and for its owner alone: these files name tokens and passwords. */
export function writeJsonFile(file: string, content: unknown): void {
  const unfinished = `${file}.unfinished`;
  writeFileSync(unfinished, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}
