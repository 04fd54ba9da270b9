import { z } from 'zod';

const relaySchema = z.object({
  publicKey: z
    .string({ error: 'This field is required.' })
    .min(1, 'This field may not be blank.')
    .max(255),
  name: z
    .string({ error: 'This field is required.' })
    .min(1, 'This field may not be blank.')
    .max(255),
  description: z
    .string()
    .max(1_000)
    .nullish()
    .transform((text) => text ?? ''),
});

const RELAYS_MAX = 100;

/** Relays that an organization lets speak for it, each by its public key. */
export const trustedRelaysSchema = z
  .array(relaySchema, { error: 'Expected a list of items.' })
  .max(RELAYS_MAX, `Ensure this field has no more than ${RELAYS_MAX} items.`)
  .superRefine((relays, context) => {
    const keys = relays.map(({ publicKey }) => publicKey);
    const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
    if (repeated === undefined) return;
    context.addIssue({ code: 'custom', message: `Duplicated key in Trusted Relays: ${repeated}` });
  });

type GivenRelay = z.output<typeof relaySchema>;

export type TrustedRelay = GivenRelay & Readonly<{ created: string; lastModified: string }>;

/** The key of the option that keeps them. */
export const TRUSTED_RELAYS_OPTION = 'sentry:trusted-relays';

/** Known relays keep when they came, and when they last changed unless they just did. */
export function mergeTrustedRelays(
  known: readonly TrustedRelay[],
  given: readonly GivenRelay[],
  now: string,
): Readonly<{ relays: readonly TrustedRelay[]; isChanged: boolean }> {
  const byKey = new Map(known.map((relay) => [relay.publicKey, relay]));
  const relays = given.map((relay): TrustedRelay => {
    const before = byKey.get(relay.publicKey);
    if (before === undefined) return { ...relay, created: now, lastModified: now };
    const isSame = before.name === relay.name && before.description === relay.description;
    return isSame ? before : { ...relay, created: before.created, lastModified: now };
  });
  const isChanged =
    relays.length !== known.length || relays.some((relay) => relay !== byKey.get(relay.publicKey));
  return { relays, isChanged };
}
