import { parseDateTime } from '../dateTime.ts';
import { cutEnvironmentName } from '../environmentName.ts';
import { isValidVersion } from '../isValidVersion.ts';
import { describeEvent } from './describeEvent.ts';
import { asText, isObject, readExceptions, readMessage } from './eventFields.ts';
import { groupingComponents } from './grouping.ts';
import { cleanText, trimData, type Json } from './trimData.ts';
import { userKey } from './userKey.ts';
import { parseUuid } from './uuid.ts';

export const eventLevels = ['sample', 'debug', 'info', 'warning', 'error', 'fatal'] as const;
export type EventLevel = (typeof eventLevels)[number];

/** An event as it is stored and counted, whatever the client sent. */
export type NormalizedEvent = Readonly<{
  /** 32 hex digits. */
  eventId: string;
  /** When it happened, as `parseDateTime` writes it. */
  timestamp: string;
  level: EventLevel;
  platform: string;
  logger: string;
  title: string;
  culprit: string;
  /** First line, for searches. */
  message: string;
  metadata: Readonly<Record<string, Json>>;
  /** Null when there is none, or when no release may have that name. */
  release: string | null;
  /** Empty means none (groups-projects-orgs 5.1). */
  environment: string;
  /** Tells its person from others; null when it names nobody. */
  user: string | null;
  /** What makes events the same issue; hashed by whoever stores it. */
  grouping: readonly string[];
  data: { readonly [key: string]: Json };
}>;

/** As the release endpoints allow them (releases-api 2). */
const RELEASE_LENGTH_MAX = 200;
const NAME_LENGTH_MAX = 64;

/** Clocks of devices drift; what is further off says nothing, and the time of receipt counts. */
const FUTURE_SECONDS_MAX = 60;
const PAST_SECONDS_MAX = 30 * 24 * 3_600;

const levelAliases: Readonly<Record<string, EventLevel>> = {
  warn: 'warning',
  log: 'info',
  notice: 'info',
  critical: 'fatal',
  '10': 'debug',
  '20': 'info',
  '30': 'warning',
  '40': 'error',
  '50': 'fatal',
};

/**
 * Makes an event of any JSON object; wrong types and impossible values are dropped field by field.
 * @param eventId the one of the envelope, which wins over the payload's.
 */
export function normalizeEvent(
  raw: Readonly<Record<string, unknown>>,
  eventId: string,
  now: Date,
): NormalizedEvent {
  const trimmed = trimData(raw) as { readonly [key: string]: Json };
  const exceptions = readExceptions(trimmed);
  const message = readMessage(trimmed);
  const described = describeEvent(trimmed, exceptions, message);
  return {
    eventId,
    timestamp: readTimestamp(raw['timestamp'], now),
    level: readLevel(trimmed['level']),
    platform: cleanText(asText(trimmed['platform']) ?? 'other', NAME_LENGTH_MAX),
    logger: cleanText(asText(trimmed['logger']) ?? '', NAME_LENGTH_MAX),
    ...described,
    release: readRelease(trimmed['release']),
    environment: readEnvironment(trimmed['environment']),
    user: userKey(trimmed),
    grouping: groupingComponents(trimmed, exceptions, message),
    data: trimmed,
  };
}

/** The id of a payload that came without an envelope; null when it has none that can be one. */
export function readEventId(raw: unknown): string | null {
  return isObject(raw) ? parseUuid(raw['event_id']) : null;
}

function readTimestamp(value: unknown, now: Date): string {
  const text = typeof value === 'number' && Number.isFinite(value) ? value.toFixed(6) : value;
  const parsed = typeof text === 'string' ? parseDateTime(text) : null;
  if (parsed !== null) {
    const ahead = (Date.parse(parsed) - now.getTime()) / 1_000;
    if (ahead <= FUTURE_SECONDS_MAX && ahead >= -PAST_SECONDS_MAX) return parsed;
  }
  return now.toISOString().replace('Z', '000Z');
}

function readLevel(value: unknown): EventLevel {
  const text = asText(value)?.toLowerCase() ?? 'error';
  return eventLevels.find((level) => level === text) ?? levelAliases[text] ?? 'error';
}

function readRelease(value: unknown): string | null {
  const text = asText(value)?.trim() ?? '';
  return isValidVersion(text) && text.length <= RELEASE_LENGTH_MAX ? text : null;
}

/** Too long is cut, impossible is none (groups-projects-orgs 5.2). */
function readEnvironment(value: unknown): string {
  const text = asText(value)?.trim() ?? '';
  if (/[\n\r\f/]/.test(text) || text.toLowerCase() === 'none') return '';
  return cutEnvironmentName(text);
}
