import { buildWorkflowBundle } from '../worker/bundle.ts';

console.log(await buildWorkflowBundle());
