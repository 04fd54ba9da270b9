/**
 * Ids of 53 bits, exact as JavaScript numbers (groups-projects-orgs 2.2). From the most significant bit:
 * version (5, its bits reversed) · seconds since the epoch (32) · region (12) · sequence (4).
 */
export type Snowflake = Readonly<{
  version: number;
  unixSeconds: number;
  region: number;
  sequence: number;
}>;

/** 2022-08-08T00:00:00Z. */
export const SNOWFLAKE_EPOCH_SECONDS = 1_659_916_800;
export const SNOWFLAKE_VERSION = 1;
/** Ids per second and region. */
export const SNOWFLAKE_SEQUENCES = 16;

const VERSION_BITS = 5;
const layout = [
  { name: 'version', bits: VERSION_BITS },
  { name: 'time', bits: 32 },
  { name: 'region', bits: 12 },
  { name: 'sequence', bits: 4 },
] as const;

type Segments = Record<(typeof layout)[number]['name'], number>;

/** @throws RangeError naming the segment that does not fit its width. */
export function encodeSnowflake(snowflake: Snowflake): bigint {
  const segments: Segments = {
    version: snowflake.version,
    time: snowflake.unixSeconds - SNOWFLAKE_EPOCH_SECONDS,
    region: snowflake.region,
    sequence: snowflake.sequence,
  };
  for (const { name, bits } of layout) assertFits(name, segments[name], bits);
  segments.version = reverseBits(segments.version);
  return layout.reduce((id, { name, bits }) => (id << BigInt(bits)) | BigInt(segments[name]), 0n);
}

/** @throws RangeError for an id of more than 53 bits. */
export function decodeSnowflake(id: bigint): Snowflake {
  const segments: Segments = { version: 0, time: 0, region: 0, sequence: 0 };
  let rest = id;
  for (const { name, bits } of layout.toReversed()) {
    segments[name] = Number(BigInt.asUintN(bits, rest));
    rest >>= BigInt(bits);
  }
  if (rest !== 0n) throw new RangeError(`Snowflake ${id} does not fit 53 bits`);
  return {
    version: reverseBits(segments.version),
    unixSeconds: segments.time + SNOWFLAKE_EPOCH_SECONDS,
    region: segments.region,
    sequence: segments.sequence,
  };
}

function assertFits(name: string, value: number, bits: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits) {
    throw new RangeError(`Snowflake segment ${name} is ${value} and does not fit ${bits} bits`);
  }
}

function reverseBits(version: number): number {
  let reversed = 0;
  for (let bit = 0; bit < VERSION_BITS; bit++) {
    if ((version & (1 << bit)) !== 0) reversed |= 1 << (VERSION_BITS - 1 - bit);
  }
  return reversed;
}
