import { COMMIT_ID_LENGTH_MAX } from '../../domain/commitRange.ts';
import { objectSchema } from './collections.ts';
import { charField, choiceField } from './fields.ts';

/** Body of POST sync: what an operator wants done with the fetch of a repository. */
export const syncActionSchema = objectSchema({
  action: choiceField(
    ['retry', 'setBase', 'giveUp'],
    (action) => `Unknown action ${action}. Use retry, setBase or giveUp.`,
  ),
  repository: charField({ max: 200 }),
  base: charField({ max: COMMIT_ID_LENGTH_MAX }).optional(),
});
