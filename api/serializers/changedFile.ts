import type { CommitFileView } from '../../db/releases/readCommits.ts';
import { serializeAuthor } from './author.ts';
import { loadAvatars } from './avatars.ts';
import { serializer } from './serializer.ts';

/** A file that a commit of a release changed (releases-api 3.9). */
export const changedFile = serializer({
  getAttributes: (files: readonly CommitFileView[], context) =>
    loadAvatars(
      context,
      'user',
      files.map(({ author }) => author?.user),
    ),
  toJson: (file, avatars) => ({
    id: file.id,
    orgId: Number(file.organization_id),
    author: serializeAuthor(file.author, avatars),
    commitMessage: file.message,
    filename: file.filename,
    type: file.type,
    repoName: file.repository_name,
  }),
});
