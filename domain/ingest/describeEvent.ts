import { nonBlank, type Exception, type Frame, type Message } from './eventFields.ts';
import { topFrame } from './grouping.ts';
import { cleanText, type Json } from './trimData.ts';

const TITLE_LENGTH_MAX = 255;
const MESSAGE_LENGTH_MAX = 255;
const CULPRIT_LENGTH_MAX = 200;
const VALUE_LENGTH_MAX = 1_024;
const UNLABELED = '<unlabeled event>';

export type EventDescription = Readonly<{
  title: string;
  culprit: string;
  message: string;
  metadata: Readonly<Record<string, Json>>;
}>;

/** What people see of an event in lists: its title, and where it happened. */
export function describeEvent(
  event: Readonly<Record<string, Json>>,
  exceptions: readonly Exception[],
  message: Message | null,
): EventDescription {
  const thrown = exceptions.at(-1);
  const frame = topFrame(thrown?.frames ?? []);
  const culprit =
    nonBlank(event['culprit']) ?? nonBlank(event['transaction']) ?? describeFrame(frame) ?? '';
  const line = firstLine(message?.formatted ?? '');
  const common = {
    culprit: cleanText(firstLine(culprit), CULPRIT_LENGTH_MAX),
    message: cleanText(line || describeException(thrown), MESSAGE_LENGTH_MAX),
  };
  if (thrown === undefined) {
    const title = cleanText(line || UNLABELED, TITLE_LENGTH_MAX);
    return { ...common, title, metadata: { title } };
  }
  return {
    ...common,
    title: cleanText(describeException(thrown) || UNLABELED, TITLE_LENGTH_MAX),
    metadata: {
      type: cleanText(thrown.type ?? 'Error', TITLE_LENGTH_MAX),
      value: cleanText(thrown.value ?? '', VALUE_LENGTH_MAX),
      ...describePlace(frame),
    },
  };
}

function describeException(exception: Exception | undefined): string {
  if (exception === undefined) return '';
  return [exception.type ?? '', firstLine(exception.value ?? '')].filter(Boolean).join(': ');
}

function describePlace(frame: Frame | null): Record<string, string> {
  const named = Object.entries({ filename: frame?.filename, function: frame?.function });
  return Object.fromEntries(
    named.flatMap(([key, text]) =>
      typeof text === 'string' ? [[key, cleanText(text, TITLE_LENGTH_MAX)]] : [],
    ),
  );
}

function describeFrame(frame: Frame | null): string | null {
  if (frame === null) return null;
  const place = frame.module ?? frame.filename;
  if (place === null) return frame.function;
  return frame.function === null ? place : `${place} in ${frame.function}`;
}

function firstLine(text: string): string {
  return text
    .trim()
    .split(/[\r\n]/, 1)
    .join('');
}
