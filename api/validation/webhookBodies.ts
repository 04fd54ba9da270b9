import { webhookEvents } from '../../domain/outboxEvents.ts';
import { listField, objectSchema } from './collections.ts';
import { charField, choiceField, field } from './fields.ts';

/** A URL that anything may be sent to; whether it may be connected to is checked by the route. */
const URL_LENGTH_MAX = 2_048;

const SECRET_LENGTH_MAX = 256;

/** Guessing a shorter one would let others speak for us. */
const SECRET_LENGTH_MIN = 16;

export const targetUrlField = charField({ max: URL_LENGTH_MAX });

export const secretField = charField({
  max: SECRET_LENGTH_MAX,
  trim: false,
  check: (text) =>
    text.length < SECRET_LENGTH_MIN
      ? `Ensure this field has at least ${SECRET_LENGTH_MIN} characters.`
      : null,
});

export const booleanField = field({}, { type: 'boolean' }, (value, fail) =>
  typeof value === 'boolean' ? value : fail('Must be a valid boolean.'),
);

const eventsField = listField(
  choiceField(
    webhookEvents,
    (event) => `Unknown event ${event}. Use some of ${webhookEvents.join(', ')}.`,
  ),
  { allowEmpty: false },
);

export const newWebhookSchema = objectSchema({
  organization: charField({ max: 50 }),
  url: targetUrlField,
  events: eventsField,
  secret: secretField.optional(),
});

export const webhookPatchSchema = objectSchema({
  url: targetUrlField.optional(),
  events: eventsField.optional(),
  secret: secretField.optional(),
  isActive: booleanField.optional(),
});
