import { z } from 'zod';

/** A setting of an organization about how its commits arrive: for operators, kept as an option by key. */
type FetchOption = Readonly<{
  key: string;
  schema: z.ZodType<string | null>;
  /** Kept encrypted, and never shown. */
  isSecret: boolean;
}>;

const PREVIOUS_RELEASE = 'previous_release';
const ENVIRONMENT_PREFIX = 'environment:';
const ENVIRONMENT_LENGTH_MAX = 64;

/** Short ones could be guessed by trying: a webhook may be sent by anybody. */
const SECRET_LENGTH_MIN = 16;
const SECRET_LENGTH_MAX = 200;

const fetchBaseSchema = z
  .string()
  .refine(
    (text) => text === PREVIOUS_RELEASE || environmentOf(text) !== null,
    `must be ${PREVIOUS_RELEASE} or ${ENVIRONMENT_PREFIX}<name>`,
  )
  .nullable();

const secretSchema = z
  .string()
  .min(SECRET_LENGTH_MIN, `must have at least ${SECRET_LENGTH_MIN} characters`)
  .max(SECRET_LENGTH_MAX, `must have at most ${SECRET_LENGTH_MAX} characters`)
  .regex(
    /^[\x21-\x7e]+$/,
    'must consist of visible ASCII characters, because it travels in a header',
  )
  .nullable();

/** By the name that people use; null takes a setting back. */
export const fetchOptions = {
  fetchBase: { key: 'slipway:fetch_base', schema: fetchBaseSchema, isSecret: false },
  githubWebhookSecret: {
    key: 'slipway:github_webhook_secret',
    schema: secretSchema,
    isSecret: true,
  },
  gitlabWebhookSecret: {
    key: 'slipway:gitlab_webhook_secret',
    schema: secretSchema,
    isSecret: true,
  },
} as const satisfies Readonly<Record<string, FetchOption>>;

/**
 * The environment whose last release is where ranges start, by the setting `fetchBase`; null for the previous release,
 * also where the setting makes no sense.
 */
export function fetchBaseEnvironment(setting: unknown): string | null {
  return typeof setting === 'string' ? environmentOf(setting) : null;
}

function environmentOf(setting: string): string | null {
  if (!setting.startsWith(ENVIRONMENT_PREFIX)) return null;
  const name = setting.slice(ENVIRONMENT_PREFIX.length).trim();
  return name === '' || name.length > ENVIRONMENT_LENGTH_MAX ? null : name;
}
