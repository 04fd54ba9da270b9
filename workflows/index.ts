export { release } from './release.ts';
export { reconcile } from './reconcile.ts';
