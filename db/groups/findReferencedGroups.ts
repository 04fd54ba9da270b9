import { z } from 'zod';
import type { IssueReferences } from '../../domain/issueReferences.ts';
import { many, type Transaction } from '../pool.ts';

/** What a commit or a pull request says. */
export type ReferencingText = Readonly<{ id: string; references: IssueReferences }>;

const referenceRow = z
  .object({ text_id: z.string(), group_id: z.string() })
  .transform((row) => ({ textId: row.text_id, groupId: row.group_id }));

/** The text with this id names this group. */
export type Reference = z.output<typeof referenceRow>;

/**
 * The issues that texts name. Unknown ids are passed over: texts are prose (groups-projects-orgs 1.3). Texts without
 * references cost no statement.
 */
export async function findReferencedGroups(
  tx: Transaction,
  organizationId: string,
  texts: readonly ReferencingText[],
): Promise<Reference[]> {
  const shortIds = texts.flatMap(({ id, references }) =>
    references.shortIds.map((shortId) => ({ textId: id, ...shortId })),
  );
  const ids = texts.flatMap(({ id, references }) =>
    references.groupIds.map((groupId) => ({ textId: id, groupId })),
  );
  if (shortIds.length === 0 && ids.length === 0) return [];
  return many(tx, referenceRow, {
    name: 'findReferencedGroups',
    text: `select given.text_id::text, group_.id as group_id
             from unnest($2::bigint[], $3::text[], $4::bigint[]) as given (text_id, slug, number)
             join project on project.organization_id = $1 and lower(project.slug) = given.slug
             join group_ on group_.project_id = project.id and group_.short_id = given.number
            where group_.status in ('unresolved', 'resolved', 'ignored')
           union
           select given.text_id::text, group_.id
             from unnest($5::bigint[], $6::bigint[]) as given (text_id, group_id)
             join group_ on group_.id = given.group_id
             join project on project.id = group_.project_id and project.organization_id = $1
            where group_.status in ('unresolved', 'resolved', 'ignored')`,
    values: [
      organizationId,
      shortIds.map((reference) => reference.textId),
      shortIds.map((reference) => reference.slug.toLowerCase()),
      shortIds.map((reference) => reference.number),
      ids.map((reference) => reference.textId),
      ids.map((reference) => reference.groupId),
    ],
  });
}
