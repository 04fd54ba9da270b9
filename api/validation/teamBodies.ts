import { projectSlugProblem } from '../../domain/slugs.ts';
import { objectSchema } from './collections.ts';
import { charField } from './fields.ts';

const NAME_LENGTH_MAX = 64;

/** Body of POST /organizations/{organization}/teams/ and, where each key may be absent, PUT of a team. */
export const teamSchema = objectSchema({
  name: charField({ max: NAME_LENGTH_MAX }).optional(),
  slug: charField({ max: 50, check: projectSlugProblem }).optional(),
});
