import type { EnvironmentView } from '../../db/environments.ts';
import { rowSerializer } from './serializer.ts';

export const environment = rowSerializer(({ id, name }: EnvironmentView) => ({ id, name }));
