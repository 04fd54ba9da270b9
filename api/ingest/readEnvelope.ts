import { EnvelopeReader, type EnvelopePart } from '../../domain/ingest/envelopeReader.ts';
import { envelopeError } from '../../domain/ingest/envelopeError.ts';
import { AppError } from '../../domain/errors.ts';
import type { IngestKey } from '../../db/events/findIngestKeys.ts';
import type { ReceivedEnvelope } from './ingest.ts';
import { parseDsn, unauthorized } from './credentials.ts';
import { itemHandlers } from './itemHandlers.ts';

/** How to find the key of the sender: by what came outside of the body, else by the DSN inside. */
export type Sender = Readonly<{
  projectId: string;
  /** From header or query; null leaves it to the envelope. */
  publicKey: string | null;
  requireKey: (publicKey: string) => Promise<IngestKey>;
}>;

/**
 * Reads an envelope from the pieces of its body and checks who sends it as soon as its first line is there.
 * @throws AppError invalid_input, payload_too_large, unauthenticated or forbidden (traces-health 4).
 */
export async function readEnvelope(
  pieces: AsyncIterable<Uint8Array>,
  sender: Sender,
): Promise<ReceivedEnvelope> {
  const reader = new EnvelopeReader((type) => itemHandlers.has(type));
  // Known before the body is read, where it can be: strangers do not get to send 200 MB.
  let key = sender.publicKey === null ? null : await sender.requireKey(sender.publicKey);
  let eventId: string | null = null;
  const items: ReceivedEnvelope['items'][number][] = [];
  const accept = async (part: EnvelopePart): Promise<void> => {
    if (part.kind === 'header') {
      ({ eventId } = part.header);
      key = await checkDsn(part.header.dsn, sender, key);
    } else {
      items.push({ header: part.header, payload: part.kind === 'item' ? part.payload : null });
    }
  };
  let isEmpty = true;
  for await (const piece of pieces) {
    isEmpty &&= piece.byteLength === 0;
    for (const part of reader.push(piece)) await accept(part);
  }
  if (isEmpty) throw envelopeError('empty request body');
  for (const part of reader.end()) await accept(part);
  if (key === null) throw unauthorized('missing authorization information');
  return { key, eventId, items };
}

async function checkDsn(
  text: string | null,
  { projectId, publicKey, requireKey }: Sender,
  key: IngestKey | null,
): Promise<IngestKey> {
  if (text === null) {
    if (key === null) throw unauthorized('missing authorization information');
    return key;
  }
  const dsn = parseDsn(text);
  if (dsn.projectId !== projectId || (publicKey !== null && dsn.publicKey !== publicKey)) {
    throw new AppError('forbidden', 'the DSN in the envelope headers does not match the request');
  }
  return key ?? (await requireKey(dsn.publicKey));
}
