import { objectName } from '../cache/modelEntries.ts';
import { environmentModel } from './environment.ts';
import { organizationModel } from './organization.ts';
import { projectModel } from './project.ts';
import { tokenModel } from './token.ts';

const versions = new Map<string, Parameters<typeof objectName>[0]>(
  [tokenModel, organizationModel, projectModel, environmentModel].map((model) => [
    model.name,
    model,
  ]),
);

/** What a change (`organization:123`) makes wrong in the cache; all else than models is called by its name. */
export function changedName(change: string): string {
  const colon = change.indexOf(':');
  const model = versions.get(change.slice(0, colon));
  return model === undefined ? change : objectName(model, change.slice(colon + 1));
}
