import { containsPattern } from '../likePattern.ts';

/** How people write a version with its build: `1.0 (1234)` stands for `1.0+1234`. */
const withBuild = /^(?<version>[^\s(].*?)\s*\((?<build>[^()]+)\)$/;

/** ILIKE patterns of which a version has to match one (releases-api 11.3, free text); null when nothing is asked for. */
export function versionPatterns(query: string | null): string[] | null {
  const text = query?.trim() ?? '';
  if (text === '') return null;
  const { version, build } = withBuild.exec(text)?.groups ?? {};
  return version === undefined || build === undefined
    ? [containsPattern(text)]
    : [containsPattern(text), containsPattern(`${version}+${build}`)];
}
