import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ownSecret } from '../../infra/ownSecret.ts';
import { readJsonFile, writeJsonFile } from './jsonFile.ts';

const secretsSchema = z.object({
  /** Signs webhooks and cursors. */
  slipwaySecret: z.string(),
  postgresPassword: z.string(),
  /** The database holds their hashes only, so the seeded tokens are remembered here. */
  tokens: z.object({ user: z.string().nullable(), org: z.string().nullable() }),
});

export type Secrets = z.infer<typeof secretsSchema>;

/** The secrets of this state folder, made at its first start. */
export function readOrCreateSecrets(file: string): Secrets {
  const known = readJsonFile(file, secretsSchema);
  if (known !== null) return known;
  const secrets: Secrets = {
    slipwaySecret: ownSecret(dirname(file)),
    postgresPassword: randomBytes(16).toString('hex'),
    tokens: { user: null, org: null },
  };
  writeJsonFile(file, secrets);
  return secrets;
}

export function rememberTokens(file: string, secrets: Secrets, tokens: Secrets['tokens']): void {
  writeJsonFile(file, { ...secrets, tokens });
}
