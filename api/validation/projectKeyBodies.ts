import { booleanSetting } from '../../domain/settingSchemas.ts';
import { objectSchema } from './collections.ts';
import { charField } from './fields.ts';

const NAME_LENGTH_MAX = 64;

/** Body of POST …/keys/ and PUT …/keys/{key}/; `label` is what some clients call the name. */
export const projectKeySchema = objectSchema({
  name: charField({ allowNull: true, allowBlank: true, max: NAME_LENGTH_MAX }).optional(),
  label: charField({ allowNull: true, allowBlank: true, max: NAME_LENGTH_MAX }).optional(),
  isActive: booleanSetting().optional(),
});
