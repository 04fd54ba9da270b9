import type { Json } from './trimData.ts';

/** The parts of an event that decide what it is called and where it belongs, read from trimmed data. */
export type Frame = Readonly<{
  module: string | null;
  filename: string | null;
  function: string | null;
  inApp: boolean | null;
}>;

export type Exception = Readonly<{
  type: string | null;
  value: string | null;
  /** Outermost call first, as SDKs send them. */
  frames: readonly Frame[];
}>;

export type Message = Readonly<{
  /** With its parameters filled in. */
  formatted: string;
  /** Before they were: equal for messages that only differ in parameters. */
  template: string;
}>;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Texts and numbers as text, anything else is null. */
export function asText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}

/** `exception` is a list, or an object with `values`; the last one is what was thrown last. */
export function readExceptions(event: Readonly<Record<string, Json>>): Exception[] {
  const { exception } = event;
  return listOf(exception, 'values')
    .filter(isObject)
    .map((value) => ({
      type: nonBlank(value['type']),
      value: nonBlank(value['value']),
      frames: readFrames(value['stacktrace']),
    }))
    .filter(({ type, value, frames }) => type !== null || value !== null || frames.length > 0);
}

/** `logentry`, under its old name too, or a plain `message`. */
export function readMessage(event: Readonly<Record<string, Json>>): Message | null {
  const entry = event['logentry'] ?? event['sentry.interfaces.Message'] ?? event['message'];
  if (!isObject(entry)) {
    const text = nonBlank(entry);
    return text === null ? null : { formatted: text, template: text };
  }
  const template = nonBlank(entry['message']);
  const formatted = nonBlank(entry['formatted']) ?? template;
  return formatted === null ? null : { formatted, template: template ?? formatted };
}

function readFrames(stacktrace: unknown): Frame[] {
  return listOf(isObject(stacktrace) ? stacktrace['frames'] : null, 'frames')
    .filter(isObject)
    .map((frame) => ({
      module: nonBlank(frame['module']),
      filename: nonBlank(frame['filename']) ?? nonBlank(frame['abs_path']),
      function: nonBlank(frame['function']),
      inApp: typeof frame['in_app'] === 'boolean' ? frame['in_app'] : null,
    }));
}

function listOf(value: unknown, key: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [];
  const inner = value[key];
  return Array.isArray(inner) ? inner : [value];
}

/** Trimmed; null for blanks and for what is no text. */
export function nonBlank(value: unknown): string | null {
  const text = asText(value)?.trim() ?? '';
  return text === '' ? null : text;
}
