import { parseShortId, type ShortId } from './shortId.ts';
import { stripMarkdownLinks } from './stripMarkdownLinks.ts';

/** The issues that a text resolves: by short id, or by the id in a link to this server. */
export type IssueReferences = Readonly<{
  shortIds: readonly ShortId[];
  groupIds: readonly string[];
}>;

/** More than a person ever names in one message; what is behind them is dropped, to bound the look-up. */
export const REFERENCES_MAX = 1000;

/** No slug comes near; longer words need no look-up to be unknown. */
const SHORT_ID_LENGTH_MAX = 200;

const keyword = /(?<![\p{L}\p{N}_])(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?):?\s+/giu;
const run = /[\p{L}\p{N}_,\s-]*/uy;
const url = /https?:\/\/\S+/iy;
const candidate = /^[\w-]*\w-[\dA-Za-z]+$/;

const INT64_MAX = 2n ** 63n - 1n;
const INT64_DIGITS = 19;

/**
 * Finds the issues that a commit message or a pull request resolves (groups-projects-orgs 1.3). Reads the text
 * once, whatever it holds.
 * @param options.instanceHost host of this server, with or without a port: links elsewhere name other issues.
 */
export function issueReferences(
  text: string | null,
  options: { instanceHost: string },
): IssueReferences {
  const shortIds = new Map<string, ShortId>();
  const groupIds = new Set<string>();
  const message = stripMarkdownLinks(text ?? '');
  let runEnd = 0;
  for (const match of message.matchAll(keyword)) {
    if (shortIds.size + groupIds.size >= REFERENCES_MAX) break;
    const start = match.index + match[0].length;
    const link = matchAt(url, message, start);
    if (link !== '') {
      const groupId = linkedGroupId(link, options.instanceHost);
      if (groupId !== null) groupIds.add(groupId);
      continue;
    }
    // A keyword inside a run adds nothing to it, except the link that may follow (above).
    if (start < runEnd) continue;
    const ids = matchAt(run, message, start);
    runEnd = start + ids.length;
    for (const shortId of shortIdsOf(ids, REFERENCES_MAX - shortIds.size - groupIds.size)) {
      shortIds.set(`${shortId.slug} ${shortId.number}`, shortId);
    }
  }
  return { shortIds: [...shortIds.values()], groupIds: [...groupIds] };
}

function shortIdsOf(ids: string, max: number): ShortId[] {
  const found: ShortId[] = [];
  for (const token of ids.split(/[\s,]+/)) {
    if (found.length >= max) break;
    const word = trimHyphens(token);
    const isCandidate = word.length <= SHORT_ID_LENGTH_MAX && candidate.test(word);
    const shortId = isCandidate ? parseShortId(word) : null;
    if (shortId !== null) found.push(shortId);
  }
  return found;
}

function linkedGroupId(link: string, instanceHost: string): string | null {
  const parsed = URL.parse(link);
  if (parsed === null) return null;
  const host = instanceHost.replace(/:\d+$/, '').toLowerCase();
  if (parsed.hostname !== host && !parsed.hostname.endsWith(`.${host}`)) return null;
  const digits = /\/issues\/0*(\d+)(?!\w)/.exec(parsed.pathname)?.[1];
  if (digits === undefined || digits.length > INT64_DIGITS) return null;
  return BigInt(digits) > INT64_MAX ? null : digits;
}

/** By hand: `-+$` takes quadratic time on a word full of hyphens. */
function trimHyphens(word: string): string {
  let [start, end] = [0, word.length];
  while (word[start] === '-') start++;
  while (end > start && word[end - 1] === '-') end--;
  return word.slice(start, end);
}

function matchAt(pattern: RegExp, text: string, index: number): string {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0] ?? '';
}
