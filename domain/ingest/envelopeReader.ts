import { parseUuid } from './uuid.ts';
import { envelopeError } from './envelopeError.ts';
import { ItemLimits, tooLarge, type ItemHeader } from './itemLimits.ts';

/**
 * Framing of envelopes (traces-health 4.2), fed piece by piece:
 *
 *   headers \n ( item header \n payload (\n | end) )*
 *
 * A payload is either as long as its header says and followed by a newline or the end, or, without a length, everything
 * up to the next newline or the end. Blank lines between items and at the end are passed over. Payloads that nobody
 * wants are counted and thrown away as they come in, so that memory is bounded by the largest item that is kept.
 */
export type EnvelopePart =
  | Readonly<{ kind: 'header'; header: EnvelopeHeader }>
  | Readonly<{ kind: 'item'; header: ItemHeader; payload: Uint8Array }>
  /** Complete, but not kept. */
  | Readonly<{ kind: 'skipped'; header: ItemHeader }>;

export type EnvelopeHeader = Readonly<{
  /** 32 hex digits. */
  eventId: string | null;
  dsn: string | null;
}>;

/** Headers are small; a client that sends no newline at all must not fill the memory. */
const HEADER_BYTES_MAX = 1024 * 1024;

const NEWLINE = 0x0a;
const MALFORMED = 'invalid event envelope';

const utf8 = new TextDecoder('utf-8');

type State =
  | { at: 'envelopeHeader' | 'itemHeader'; line: Bytes }
  | { at: 'payload'; header: ItemHeader; bytes: Bytes; remaining: number }
  | { at: 'payloadLine'; header: ItemHeader; bytes: Bytes }
  | { at: 'payloadEnd' };

export class EnvelopeReader {
  private readonly limits = new ItemLimits();
  private readonly isWanted: (type: string) => boolean;
  private state: State = { at: 'envelopeHeader', line: new Bytes(true) };

  /** @param isWanted says of an item type whether its payloads are kept. */
  constructor(isWanted: (type: string) => boolean) {
    this.isWanted = isWanted;
  }

  /**
   * The parts that are complete with this piece.
   * @throws AppError invalid_input when it is malformed, payload_too_large naming the type of the item.
   */
  *push(chunk: Uint8Array): Generator<EnvelopePart> {
    let rest = chunk;
    while (rest.length > 0) {
      const [part, consumed] = this.take(rest);
      rest = rest.subarray(consumed);
      if (part !== null) yield part;
    }
  }

  /** The last part, if the end completes one. @throws AppError invalid_input */
  *end(): Generator<EnvelopePart> {
    const { state } = this;
    switch (state.at) {
      case 'envelopeHeader':
        yield this.envelopeHeader(state.line);
        break;
      case 'itemHeader': {
        if (isBlank(state.line.join())) break;
        const part = this.startItem(readItemHeader(state.line));
        if (part === null) yield* this.end();
        else yield part;
        break;
      }
      case 'payload':
        if (state.remaining > 0) {
          throw envelopeError(
            MALFORMED,
            `unexpected end of file in a payload of ${state.header.type}`,
          );
        }
        yield this.finishItem(state.header, state.bytes);
        break;
      case 'payloadLine':
        yield this.finishItem(state.header, state.bytes);
        break;
      case 'payloadEnd':
        break;
    }
  }

  /** One step: what it completed, and how many bytes of the piece it used. */
  private take(rest: Uint8Array): [EnvelopePart | null, number] {
    const { state } = this;
    switch (state.at) {
      case 'envelopeHeader':
      case 'itemHeader': {
        const end = rest.indexOf(NEWLINE);
        state.line.add(end === -1 ? rest : rest.subarray(0, end));
        if (state.line.length > HEADER_BYTES_MAX)
          throw tooLarge('headers', `${HEADER_BYTES_MAX} bytes`);
        if (end === -1) return [null, rest.length];
        return [this.finishLine(state), end + 1];
      }
      case 'payload': {
        const size = Math.min(rest.length, state.remaining);
        state.bytes.add(rest.subarray(0, size));
        state.remaining -= size;
        if (state.remaining > 0) return [null, size];
        const part = this.finishItem(state.header, state.bytes);
        this.state = { at: 'payloadEnd' };
        return [part, size];
      }
      case 'payloadLine': {
        const end = rest.indexOf(NEWLINE);
        state.bytes.add(end === -1 ? rest : rest.subarray(0, end));
        this.limits.check(state.header, state.bytes.length);
        if (end === -1) return [null, rest.length];
        return [this.finishItem(state.header, state.bytes), end + 1];
      }
      case 'payloadEnd':
        if (rest[0] !== NEWLINE) throw envelopeError(MALFORMED, 'missing newline after a payload');
        this.expectItem();
        return [null, 1];
    }
  }

  private finishLine(state: Extract<State, { line: Bytes }>): EnvelopePart | null {
    if (state.at === 'envelopeHeader') return this.envelopeHeader(state.line);
    if (isBlank(state.line.join())) this.expectItem();
    else return this.startItem(readItemHeader(state.line));
    return null;
  }

  private envelopeHeader(line: Bytes): EnvelopePart {
    const header = readEnvelopeHeader(line);
    this.expectItem();
    return { kind: 'header', header };
  }

  /** An empty payload is complete at once, before its newline or the end is seen. */
  private startItem(header: ItemHeader): EnvelopePart | null {
    this.limits.start(header);
    const bytes = new Bytes(this.isWanted(header.type));
    if (header.length === null) this.state = { at: 'payloadLine', header, bytes };
    else if (header.length > 0)
      this.state = { at: 'payload', header, bytes, remaining: header.length };
    else {
      this.state = { at: 'payloadEnd' };
      return this.item(header, bytes);
    }
    return null;
  }

  private finishItem(header: ItemHeader, bytes: Bytes): EnvelopePart {
    this.expectItem();
    return this.item(header, bytes);
  }

  private item(header: ItemHeader, bytes: Bytes): EnvelopePart {
    this.limits.finish(header, bytes.length);
    return bytes.isKept
      ? { kind: 'item', header, payload: bytes.join() }
      : { kind: 'skipped', header };
  }

  private expectItem(): void {
    this.state = { at: 'itemHeader', line: new Bytes(true) };
  }
}

/** Bytes that come in pieces; only counted when nobody wants them. */
class Bytes {
  readonly isKept: boolean;
  length = 0;
  private readonly chunks: Uint8Array[] = [];

  constructor(isKept: boolean) {
    this.isKept = isKept;
  }

  add(chunk: Uint8Array): void {
    this.length += chunk.length;
    if (this.isKept && chunk.length > 0) this.chunks.push(chunk);
  }

  join(): Uint8Array {
    const [first] = this.chunks;
    if (first === undefined) return new Uint8Array();
    if (this.chunks.length === 1) return first;
    const whole = new Uint8Array(this.length);
    let offset = 0;
    for (const chunk of this.chunks) {
      whole.set(chunk, offset);
      offset += chunk.length;
    }
    return whole;
  }
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}

function readEnvelopeHeader(line: Bytes): EnvelopeHeader {
  const header = readObject(line, 'envelope headers');
  const { event_id: eventId, dsn } = header;
  if (dsn !== undefined && dsn !== null && typeof dsn !== 'string') {
    throw envelopeError(MALFORMED, 'dsn in the envelope headers is no text');
  }
  if (eventId === undefined || eventId === null) return { eventId: null, dsn: dsn ?? null };
  const id = parseUuid(eventId);
  if (id === null) throw envelopeError(MALFORMED, 'event_id in the envelope headers is no UUID');
  return { eventId: id, dsn: dsn ?? null };
}

function readItemHeader(line: Bytes): ItemHeader {
  const { type, length, item_count: itemCount } = readObject(line, 'item headers');
  if (typeof type !== 'string') throw envelopeError(MALFORMED, 'item headers without a type');
  if (length !== undefined && length !== null && !isSize(length)) {
    throw envelopeError(MALFORMED, 'length in the item headers is no size');
  }
  return { type, length: length ?? null, itemCount: isSize(itemCount) ? itemCount : null };
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function readObject(line: Bytes, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(line.join()));
  } catch {
    throw envelopeError(MALFORMED, `${what} are no JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw envelopeError(MALFORMED, `${what} are no JSON object`);
  }
  return value as Record<string, unknown>;
}
