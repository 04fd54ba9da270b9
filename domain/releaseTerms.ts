import { badRequest } from './errors.ts';
import { parseSemver } from './version.ts';

type Operator = '=' | '>' | '>=' | '<' | '<=';

/** What a search says of releases by the parts of their versions (releases-api 11.3), in the shape that SQL reads. */
export type ReleaseTerm = Readonly<
  | {
      kind: 'version';
      operator: Operator;
      package: string | null;
      major: string;
      minor: string;
      patch: string;
      revision: string;
      prerelease: string;
      /** How many numbers count: fewer than four are those before a wildcard. */
      parts: number;
    }
  | { kind: 'package'; package: string }
  | { kind: 'buildNumber'; operator: Operator; build: string }
  | { kind: 'buildCode'; build: string; isPrefix: boolean }
>;

/** `!=` is the negation of `=`. */
export type ParsedReleaseTerm = Readonly<{ term: ReleaseTerm; isNegated: boolean }>;

const termPattern = /^(!=|[<>]=?|=|)(.*)$/s;
const wildcardPattern = /^(?:(?<package>.+)@)?(?<numbers>\d+(?:\.\d+){0,2})\.[*xX]$/;
const INT64_MAX = 2n ** 63n - 1n;

/** @throws AppError 400 for what is no semantic version. */
export function parseVersionTerm(text: string): ParsedReleaseTerm {
  const [, operator = '', value = ''] = termPattern.exec(text) ?? [];
  const wildcard = wildcardPattern.exec(value)?.groups;
  const written = wildcard === undefined ? value : wildcardStart(wildcard);
  const [hasPackage, version] = written.includes('@') ? [true, written] : [false, `any@${written}`];
  const parsed = parseSemver(version);
  const isRange = operator !== '' && operator !== '=' && operator !== '!=';
  if (parsed === null || (wildcard !== undefined && isRange)) throw invalidVersion();
  const { major, minor, patch, revision, prerelease } = parsed;
  return {
    isNegated: operator === '!=',
    term: {
      kind: 'version',
      operator: isRange ? (operator as Operator) : '=',
      package: hasPackage ? parsed.package : null,
      ...{ major, minor, patch, revision, prerelease },
      parts: wildcard === undefined ? 4 : (wildcard['numbers'] ?? '').split('.').length,
    },
  };
}

/** A number is compared as one; anything else is the text itself, with `*` at its end a beginning. */
export function parseBuildTerm(text: string): ParsedReleaseTerm {
  const [, operator = '', value = ''] = termPattern.exec(text) ?? [];
  const isNegated = operator === '!=';
  if (/^\d{1,19}$/.test(value) && BigInt(value) <= INT64_MAX) {
    const isPlain = operator === '' || isNegated;
    const term = { kind: 'buildNumber', build: value } as const;
    return { isNegated, term: { ...term, operator: isPlain ? '=' : (operator as Operator) } };
  }
  const isPrefix = value.endsWith('*') || value === '';
  const build = isPrefix ? value.replace(/\*$/, '') : value;
  return { isNegated, term: { kind: 'buildCode', build, isPrefix } };
}

function wildcardStart(wildcard: Readonly<Record<string, string | undefined>>): string {
  const { package: name, numbers = '' } = wildcard;
  return name === undefined ? numbers : `${name}@${numbers}`;
}

function invalidVersion(): Error {
  return badRequest(
    'Invalid format of semantic version. For searching non-semver releases, use "release:" instead.',
  );
}
