import { AppError } from '../errors.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** The whole envelope after decompression (traces-health 4.4). */
export const ENVELOPE_BYTES_MAX = 200 * MIB;

export const EVENT_BYTES_MAX = MIB;

const CONTAINER_BYTES_MAX = 12 * MIB;

type Rule = Readonly<{
  /** One item; of a container, the average of what is inside. */
  bytesMax?: number;
  /** Items that count together share a family. */
  family?: string;
  countMax?: number;
  sumMax?: number;
}>;

/** Types without a rule are only bounded by the envelope (traces-health 4.4). */
const rules: Readonly<Record<string, Rule>> = {
  event: { bytesMax: EVENT_BYTES_MAX },
  transaction: { bytesMax: EVENT_BYTES_MAX },
  trace_metric: { bytesMax: MIB },
  log: { bytesMax: 2 * MIB },
  span: { bytesMax: 10 * MIB, countMax: 25 },
  client_report: { countMax: 100, sumMax: 100 * KIB },
  attachment: { bytesMax: 200 * MIB, countMax: 30, sumMax: 200 * MIB },
  check_in: { bytesMax: 100 * KIB },
  profile: { bytesMax: 50 * MIB },
  profile_chunk: { bytesMax: 50 * MIB },
  replay_event: { bytesMax: 10 * MIB },
  replay_recording: { bytesMax: 10 * MIB },
  replay_video: { bytesMax: 10 * MIB },
  session: { family: 'session', countMax: 100, sumMax: 10 * MIB },
  sessions: { family: 'session', countMax: 100, sumMax: 10 * MIB },
  statsd: { bytesMax: MIB },
  metric_buckets: { bytesMax: MIB },
};

export type ItemHeader = Readonly<{
  type: string;
  /** Null when the payload ends at the next newline. */
  length: number | null;
  /** How many things a container holds; null for single items. */
  itemCount: number | null;
}>;

/** Counts the items of one envelope. A violation rejects the whole envelope and names the type. */
export class ItemLimits {
  private readonly families = new Map<string, { count: number; bytes: number }>();

  /** Called with the header, before the payload is read. @throws AppError payload_too_large */
  start(header: ItemHeader): void {
    const { type } = header;
    const rule = rules[type];
    const family = this.family(header);
    family.count += header.itemCount === null ? 1 : 0;
    if (rule?.countMax !== undefined && family.count > rule.countMax) {
      throw tooLarge(type, `at most ${rule.countMax} items in one envelope`);
    }
    this.check(header, header.length ?? 0);
  }

  /** Called while a payload without a length grows. @throws AppError payload_too_large */
  check(header: ItemHeader, size: number): void {
    const rule = rules[header.type];
    if (rule === undefined) return;
    const { bytesMax, sumMax } = rule;
    if (header.itemCount !== null) {
      if (size > CONTAINER_BYTES_MAX)
        throw tooLarge(header.type, `at most ${CONTAINER_BYTES_MAX} bytes`);
      if (bytesMax !== undefined && size / Math.max(1, header.itemCount) > bytesMax) {
        throw tooLarge(header.type, `at most ${bytesMax} bytes each`);
      }
    } else if (bytesMax !== undefined && size > bytesMax) {
      throw tooLarge(header.type, `at most ${bytesMax} bytes`);
    }
    if (sumMax !== undefined && this.family(header).bytes + size > sumMax) {
      throw tooLarge(header.type, `at most ${sumMax} bytes in one envelope`);
    }
  }

  /** Called when a payload has been read. */
  finish(header: ItemHeader, size: number): void {
    this.family(header).bytes += size;
  }

  private family({ type }: ItemHeader): { count: number; bytes: number } {
    const name = rules[type]?.family ?? type;
    const known = this.families.get(name);
    if (known !== undefined) return known;
    const family = { count: 0, bytes: 0 };
    // Unknown types have no limits of their own, so there is nothing to remember about them.
    if (rules[type] !== undefined) this.families.set(name, family);
    return family;
  }
}

export function tooLarge(type: string, limit: string): AppError {
  return new AppError('payload_too_large', `envelope exceeded size limits for ${type}: ${limit}`);
}

/** The types that the specification names. */
export function isLimitedType(type: string): boolean {
  return Object.hasOwn(rules, type);
}
