import { badRequest } from '../errors.ts';
import type { ParsedReleaseTerm, ReleaseTerm } from '../releaseTerms.ts';

/** Versions as written: `latest` and `*` are for whoever looks them up. */
export type VersionTerm = Readonly<{ any: readonly string[] | null; none: readonly string[] }>;

/** What the version of a release says in which an issue was seen, and of those in which it never was. */
export type ReleaseTerms = Readonly<{ all: readonly ReleaseTerm[]; none: readonly ReleaseTerm[] }>;

type Written = Readonly<{ values: readonly string[]; isNegated: boolean }>;

export function addVersions(term: VersionTerm, { values, isNegated }: Written): VersionTerm {
  if (isNegated) return { ...term, none: [...term.none, ...values] };
  const any = term.any === null ? values : term.any.filter((version) => values.includes(version));
  return { ...term, any };
}

/** @throws AppError 400 for lists, and for what the parser refuses. */
export function addReleaseTerm(
  { all, none }: ReleaseTerms,
  { values, isNegated }: Written,
  parse: (value: string) => ParsedReleaseTerm,
): ReleaseTerms {
  const [value = '', ...others] = values;
  if (others.length > 0) throw badRequest("Invalid operation 'IN' for semantic version filter.");
  const { term, isNegated: isNot } = parse(value);
  return isNot === isNegated ? { all: [...all, term], none } : { all, none: [...none, term] };
}
