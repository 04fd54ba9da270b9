import { isValidVersion } from './isValidVersion.ts';
import { trimWhitespace } from './trimWhitespace.ts';

/** `versionInfo` of a release, in its wire shape (releases-api 13.2). */
export type VersionInfo = Readonly<{
  package: string | null;
  version: Readonly<
    | { raw: string }
    | {
        raw: string;
        /** Numbers on the wire: beyond 2^53 they are rounded, here as in every JSON client. */
        major: number;
        minor: number;
        patch: number;
        pre: string | null;
        buildCode: string | null;
        components: number;
      }
  >;
  description: string;
  buildHash: string | null;
}>;

/** A version that can be ordered. Numbers are decimal text, as the database driver sends bigint both ways. */
export type Semver = Readonly<{
  package: string;
  major: string;
  minor: string;
  patch: string;
  revision: string;
  /** Empty for a final release. */
  prerelease: string;
  buildCode: string | null;
  buildNumber: string | null;
}>;

/** The columns of `release` that hold the parsed version: all set, or all null (releases-api 10.2). */
export type VersionColumns = Semver | Readonly<Record<keyof Semver, null>>;

/** Longer versions stay unparsed. */
const PARSED_BYTES_MAX = 200;
const HASH_SHOWN_LENGTH = 12;
const UINT64_MAX = 2n ** 64n - 1n;
const INT64_MAX = 2n ** 63n - 1n;

const packagePattern = /^(?<package>@?[^@]+)@(?<rest>[^]+)$/;
const hashPattern =
  /^(?:[\da-f]{12}|[\da-f]{16}|[\da-f]{20}|[\da-f]{32}|[\da-f]{40}|[\da-f]{64})$/i;
const identifier = '(?:0|[1-9]\\d*|\\d*[A-Za-z-][\\dA-Za-z-]*)';
const versionPattern = new RegExp(
  '^(?<numbers>\\d+(?:\\.\\d+){0,3})' +
    `(?<pre>[a-z-]${identifier}?(?:\\.${identifier})*)?` +
    '(?:\\+(?<build>[\\dA-Za-z-]+(?:\\.[\\dA-Za-z-]+)*))?$',
);

type ParsedNumbers = { numbers: bigint[]; written: string; pre: string; build: string | null };
type ParsedRelease = {
  whole: string;
  package: string | null;
  rest: string;
  parsed: ParsedNumbers | null;
};

/** Answers null when the text is no version at all: too long, a reserved word, or with forbidden characters. */
export function parseVersion(version: string): VersionInfo | null {
  const release = split(version);
  if (release === null) return null;
  const { package: packageName, rest, parsed } = release;
  const buildCode = parsed?.build ?? null;
  const hash = [buildCode ?? '', rest].find((text) => hashPattern.test(text)) ?? null;
  const shownHash = hash?.slice(0, HASH_SHOWN_LENGTH);
  const build = buildCode === null ? null : (shownHash ?? buildCode);
  const written = parsed?.written ?? shownHash ?? release.whole;
  return {
    package: packageName,
    version: parsed === null ? { raw: rest } : { raw: rest, ...parsedFields(parsed) },
    description: build === null ? written : `${written} (${build})`,
    buildHash: hash,
  };
}

/** Nulls throughout unless a package and a version were parsed and every number fits a bigint column. */
export function versionColumns(version: string): VersionColumns {
  return parseSemver(version) ?? noColumns;
}

export function parseSemver(version: string): Semver | null {
  const release = split(version);
  if (release === null || release.package === null || release.parsed === null) return null;
  const { numbers, pre, build } = release.parsed;
  if (numbers.some((number) => number > INT64_MAX)) return null;
  const [major, minor, patch, revision] = [0, 1, 2, 3].map((i) => String(numbers[i] ?? 0));
  if (major === undefined || minor === undefined || patch === undefined || revision === undefined) {
    return null;
  }
  return {
    package: release.package,
    major,
    minor,
    patch,
    revision,
    prerelease: pre,
    buildCode: build,
    buildNumber: buildNumber(build),
  };
}

const noColumns: Readonly<Record<keyof Semver, null>> = Object.freeze({
  package: null,
  major: null,
  minor: null,
  patch: null,
  revision: null,
  prerelease: null,
  buildCode: null,
  buildNumber: null,
});

function split(version: string): ParsedRelease | null {
  const whole = trimWhitespace(version);
  // A blank text is the one reserved name that still has a (blank) description.
  if (whole !== '' && !isValidVersion(whole)) return null;
  if (utf8Length(whole) > PARSED_BYTES_MAX) return null;
  const { package: packageName, rest } = packagePattern.exec(whole)?.groups ?? {};
  if (packageName === undefined || rest === undefined) {
    return { whole, package: null, rest: whole, parsed: null };
  }
  return { whole, package: packageName, rest, parsed: parseNumbers(rest) };
}

function parseNumbers(rest: string): ParsedNumbers | null {
  // A hash of twelve digits would pass as a number.
  if (hashPattern.test(rest)) return null;
  const { numbers, pre, build } = versionPattern.exec(rest)?.groups ?? {};
  if (numbers === undefined) return null;
  return {
    numbers: numbers.split('.').map((text) => {
      const number = BigInt(text);
      return number > UINT64_MAX ? 0n : number;
    }),
    written: rest.split('+', 1).join(''),
    pre: (pre ?? '').replace(/^-/, ''),
    build: build ?? null,
  };
}

function parsedFields({ numbers, pre, build }: ParsedNumbers) {
  const [major = 0n, minor = 0n, patch = 0n] = numbers;
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    pre: pre === '' ? null : pre,
    buildCode: build,
    components: numbers.length,
  };
}

function buildNumber(build: string | null): string | null {
  if (build === null || !/^\d+$/.test(build)) return null;
  const number = BigInt(build);
  return number > INT64_MAX ? null : String(number);
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}
