import type { ProjectEnvironmentView } from '../../db/environments.ts';
import { rowSerializer } from './serializer.ts';

/** An environment as one project sees it. */
export const projectEnvironment = rowSerializer(
  ({ id, name, isHidden }: ProjectEnvironmentView) => ({ id, name, isHidden }),
);
