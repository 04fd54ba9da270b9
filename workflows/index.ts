export { release } from './release.ts';
export { reconcile } from './reconcile.ts';
export { deleteOrganization } from './deleteOrganization.ts';
export { deleteProject } from './deleteProject.ts';
export { deliver } from './deliver.ts';
export { fetchCommits } from './fetchCommits.ts';
export { resync } from './resync.ts';
export { scheduleResyncs } from './scheduleResyncs.ts';
