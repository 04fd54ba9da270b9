import { repositoryProviders } from '../../../domain/repositoryProvider.ts';
import { objectSchema } from '../../validation/collections.ts';
import { charField, choiceField, type TextCheck } from '../../validation/fields.ts';

/** As long as names in refs may be (releases-api 2.4). */
const NAME_LENGTH_MAX = 200;
/** Longer ones are refused by every connection anyway. */
const URL_LENGTH_MAX = 2_048;
const EXTERNAL_ID_LENGTH_MAX = 64;
/** App tokens are the longest in use, with a few hundred characters. */
const TOKEN_LENGTH_MAX = 4_096;

const isOneLine: TextCheck = (text) =>
  /\p{Cc}/u.test(text) ? 'Control characters are not allowed.' : null;

/** A token travels in a header. */
const isHeaderText: TextCheck = (text) =>
  /^[\x21-\x7e]+$/.test(text) ? null : 'A token has visible ASCII characters only.';

const name = charField({ max: NAME_LENGTH_MAX, rules: [isOneLine] });
const provider = choiceField(
  repositoryProviders,
  (id) => `There is no provider "${id}". Providers: ${repositoryProviders.join(', ')}.`,
);
// What a URL may be is decided by its use: the checks of outgoing connections say what is wrong with it.
const url = charField({ max: URL_LENGTH_MAX, trim: false });
const details = {
  apiUrl: charField({ max: URL_LENGTH_MAX, trim: false, allowNull: true }).optional(),
  externalId: charField({
    max: EXTERNAL_ID_LENGTH_MAX,
    rules: [isOneLine],
    allowNull: true,
  }).optional(),
  token: charField({ max: TOKEN_LENGTH_MAX, rules: [isHeaderText], allowNull: true }).optional(),
};

export const createRepositorySchema = objectSchema({
  name,
  provider,
  url: url.optional(),
  ...details,
});

export const updateRepositorySchema = objectSchema({
  name: name.optional(),
  provider: provider.optional(),
  url: url.optional(),
  status: choiceField(['active', 'disabled'], (status) => `Invalid status ${status}`).optional(),
  ...details,
});
