/** What is deleted with everything that belongs to it; the name is that of its table. */
export type DeletionModel = 'project' | 'organization';

/** One project or organization. */
export type DeletionTarget = Readonly<{ model: DeletionModel; id: string }>;
