import { asText, type Exception, type Frame, type Message } from './eventFields.ts';
import type { Json } from './trimData.ts';

const DEFAULT_FINGERPRINT = /^\{\{ ?default ?\}\}$/;

/** More parts than this only tell apart what nobody wants told apart. */
const FINGERPRINT_PARTS_MAX = 32;

/**
 * What makes events the same issue, deliberately simple: the client's own fingerprint, in which `{{ default }}` stands
 * for the rest; else exception type and top in-app frame; else the message.
 */
export function groupingComponents(
  event: Readonly<Record<string, Json>>,
  exceptions: readonly Exception[],
  message: Message | null,
): string[] {
  const byContent = contentComponents(event, exceptions, message);
  const fingerprint = readFingerprint(event['fingerprint']);
  if (fingerprint.length === 0) return byContent;
  const isDefault = fingerprint.map((part) => DEFAULT_FINGERPRINT.test(part));
  // `['{{ default }}']` is what SDKs send for "nothing special": the same issue as without a fingerprint.
  if (fingerprint.length === 1 && isDefault[0] === true) return byContent;
  return ['fingerprint', ...fingerprint.flatMap((part, i) => (isDefault[i] ? byContent : part))];
}

/** The innermost frame of the application itself; where none is marked, the innermost of all. */
export function topFrame(frames: readonly Frame[]): Frame | null {
  return frames.findLast((frame) => frame.inApp === true) ?? frames.at(-1) ?? null;
}

function contentComponents(
  event: Readonly<Record<string, Json>>,
  exceptions: readonly Exception[],
  message: Message | null,
): string[] {
  const thrown = exceptions.at(-1);
  if (thrown !== undefined) {
    const type = thrown.type ?? '';
    const frame = topFrame(thrown.frames);
    return frame === null
      ? ['exception', type, withoutNumbers(thrown.value ?? '')]
      : ['exception', type, frame.module ?? frame.filename ?? '', frame.function ?? ''];
  }
  if (message !== null) return ['message', message.template];
  return ['unlabeled', asText(event['transaction']) ?? ''];
}

/** Addresses, ids and counts in a text differ from event to event. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/0x[\da-f]+|\d+/gi, '#');
}

function readFingerprint(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, FINGERPRINT_PARTS_MAX)
    .map((part: unknown) => (typeof part === 'boolean' ? String(part) : asText(part)))
    .filter((part) => part !== null);
}
