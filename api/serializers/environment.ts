import type { EnvironmentView, ProjectEnvironmentView } from '../../db/environments.ts';

export function serializeEnvironment({ id, name }: EnvironmentView): Record<string, unknown> {
  return { id, name };
}

/** An environment as one project sees it. */
export function serializeProjectEnvironment({
  id,
  name,
  isHidden,
}: ProjectEnvironmentView): Record<string, unknown> {
  return { id, name, isHidden };
}
