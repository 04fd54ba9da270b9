import { z } from 'zod';
import { many, type Queryable } from '../pool.ts';

const ingestKeyRow = z
  .object({ public_key: z.string(), project_id: z.string(), organization_id: z.string() })
  .transform((row) => ({
    publicKey: row.public_key,
    projectId: row.project_id,
    organizationId: row.organization_id,
  }));

/** A public key, and the project that it sends to. */
export type IngestKey = z.output<typeof ingestKeyRow>;

/** Enabled keys of active projects in active organizations. */
export const usableKeys = `project_key
             join project on project.id = project_key.project_id and project.status = 'active'
             join organization on organization.id = project.organization_id and organization.status = 'active'
            where project_key.is_active`;

/** Those of the keys with which events may be sent now. */
export function findIngestKeys(db: Queryable, publicKeys: readonly string[]): Promise<IngestKey[]> {
  return many(db, ingestKeyRow, {
    name: 'findIngestKeys',
    text: `select project_key.public_key, project.id as project_id, project.organization_id
             from ${usableKeys} and project_key.public_key = any($1::text[])`,
    values: [publicKeys],
  });
}
