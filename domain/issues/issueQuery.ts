import { badRequest } from '../errors.ts';
import { eventLevels } from '../ingest/normalizeEvent.ts';
import { parseBuildTerm, parseVersionTerm, type ParsedReleaseTerm } from '../releaseTerms.ts';
import { priorities } from './priority.ts';
import {
  addReleaseTerm,
  addVersions,
  type ReleaseTerms,
  type VersionTerm,
} from './releaseQuery.ts';
import { intersect, parseCountTerm, parseDateTerm, type Range } from './rangeTerms.ts';

/** What a search asks of issues (groups-projects-orgs 1.11). Lists name what is allowed; null allows everything. */
export type IssueQuery = Readonly<{
  statuses: readonly string[] | null;
  /** The empty text stands for "none". */
  substatuses: readonly string[] | null;
  levels: readonly string[] | null;
  priorities: readonly string[] | null;
  isAssigned: boolean | null;
  isForReview: boolean | null;
  isLinked: boolean | null;
  /** `me`, `#team` or a user; several mean any of them. */
  assignees: readonly string[] | null;
  /** `me` or users. */
  bookmarkedBy: readonly string[] | null;
  subscribedBy: readonly string[] | null;
  firstSeen: Range<string>;
  lastSeen: Range<string>;
  timesSeen: Range<number>;
  seenIn: VersionTerm;
  firstSeenIn: VersionTerm;
  releaseTerms: ReleaseTerms;
  projects: readonly string[] | null;
  shortIds: readonly string[] | null;
  /** Each has to be in title, message or culprit. */
  texts: readonly string[];
}>;

const statuses = ['unresolved', 'resolved', 'ignored'];

/** API name → stored name and the status it belongs to. */
const substatuses: Readonly<Record<string, readonly [substatus: string, status: string]>> = {
  new: ['new', 'unresolved'],
  ongoing: ['ongoing', 'unresolved'],
  escalating: ['escalating', 'unresolved'],
  regressed: ['regressed', 'unresolved'],
  archived_until_escalating: ['until_escalating', 'ignored'],
  archived_until_condition_met: ['until_condition_met', 'ignored'],
  archived_forever: ['forever', 'ignored'],
};

const statusAliases: Readonly<Record<string, string>> = { archived: 'ignored', muted: 'ignored' };

/** Longer searches only serve to exhaust the parser or the database. */
const TERMS_MAX = 50;

const termPattern =
  /(!?)([\w.-]+):(?:\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S*))|"((?:[^"\\]|\\.)*)"|(\S+)/g;

type Term = Readonly<{ key: string; values: readonly string[]; isNegated: boolean; now: Date }>;

const anyTime: Range<string> = { from: null, to: null };

type Draft = { -readonly [K in keyof IssueQuery]: IssueQuery[K] };

/** @throws AppError 400 for keys and values that mean nothing. */
export function parseIssueQuery(text: string, now: Date): IssueQuery {
  const query: Draft = {
    statuses: null,
    substatuses: null,
    levels: null,
    priorities: null,
    isAssigned: null,
    isForReview: null,
    isLinked: null,
    assignees: null,
    bookmarkedBy: null,
    subscribedBy: null,
    firstSeen: anyTime,
    lastSeen: anyTime,
    timesSeen: { from: null, to: null },
    seenIn: { any: null, none: [] },
    firstSeenIn: { any: null, none: [] },
    releaseTerms: { all: [], none: [] },
    projects: null,
    shortIds: null,
    texts: [],
  };
  const matches = [...text.matchAll(termPattern)];
  if (matches.length > TERMS_MAX) throw invalid(`more than ${TERMS_MAX} terms`);
  const words: string[] = [];
  for (const match of matches) {
    const [, negation, key, list, quoted, plain, quotedWord, word] = match;
    // Words in a row are one text, as people type them; so is what they paste: `TypeError: …`, addresses.
    if (key === undefined || (!knownKeys.has(key) && (plain === '' || plain?.startsWith('//')))) {
      if (word === 'AND' || word === 'OR') {
        const reason = 'Boolean statements containing "OR" or "AND" are not supported';
        throw invalid(`${reason} in this search`);
      }
      words.push(quotedWord === undefined ? (word ?? match[0]) : unquote(quotedWord));
      continue;
    }
    const value = quoted === undefined ? (plain ?? '') : unquote(quoted);
    const values = list === undefined ? [value] : list.split(',').map((part) => part.trim());
    applyTerm(query, { key, values, isNegated: negation === '!', now });
  }
  const free = words.join(' ').trim();
  if (free !== '') query.texts = [...query.texts, free];
  return withImpliedStatus(query);
}

/** What a search of the inbox may say besides that it is one (groups-projects-orgs 1.11). */
const inboxTerms: ReadonlySet<string> = new Set<keyof IssueQuery>([
  'statuses',
  'isForReview',
  'isAssigned',
  'assignees',
  'firstSeen',
  'lastSeen',
]);

/** Whether a search is of the inbox: open issues that wait for review, narrowed by dates and assignees at most. */
export function isInboxQuery(query: IssueQuery): boolean {
  const nothing: Readonly<Record<string, unknown>> = parseIssueQuery('', new Date(0));
  const isNarrow = Object.entries(query).every(
    ([key, value]) => inboxTerms.has(key) || JSON.stringify(value) === JSON.stringify(nothing[key]),
  );
  return isNarrow && query.isForReview === true && query.statuses?.join() === 'unresolved';
}

type Apply = (query: Draft, term: Term) => void;

const assigned: Apply = (query, term) => applyAssigned(query, term);
const seenIn: Apply = (query, term) => {
  query.seenIn = addVersions(query.seenIn, term);
};
const firstSeenIn: Apply = (query, term) => {
  query.firstSeenIn = addVersions(query.firstSeenIn, term);
};
const firstSeen: Apply = (query, term) => {
  query.firstSeen = narrowDates(query.firstSeen, term);
};
const lastSeen: Apply = (query, term) => {
  query.lastSeen = narrowDates(query.lastSeen, term);
};
const timesSeen: Apply = (query, term) => {
  query.timesSeen = within(query.timesSeen, term, parseCountTerm);
};
const releasePart =
  (parse: (value: string) => ParsedReleaseTerm): Apply =>
  (query, term) => {
    query.releaseTerms = addReleaseTerm(query.releaseTerms, term, parse);
  };
const priority: Apply = (query, term) => {
  query.priorities = narrow(query.priorities, priorities, term);
};
const project: Apply = (query, term) => {
  query.projects = positive(query.projects, term);
};
const text: Apply = (query, { key, values, isNegated }) => {
  if (isNegated) throw invalid(`${key} cannot be negated`);
  query.texts = [...query.texts, ...values];
};

/** Every key that a search may use. */
const knownKeys: ReadonlyMap<string, Apply> = new Map<string, Apply>([
  [
    'is',
    (query, { values, isNegated }) => values.forEach((value) => applyIs(query, value, isNegated)),
  ],
  ['level', (query, term) => void (query.levels = narrow(query.levels, eventLevels, term))],
  ['priority', priority],
  ['issue.priority', priority],
  ['assigned', assigned],
  ['assigned_to', assigned],
  ['assigned_or_suggested', assigned],
  ['bookmarks', (query, term) => void (query.bookmarkedBy = positive(query.bookmarkedBy, term))],
  ['subscribed', (query, term) => void (query.subscribedBy = positive(query.subscribedBy, term))],
  ['age', firstSeen],
  ['firstSeen', firstSeen],
  ['lastSeen', lastSeen],
  ['timesSeen', timesSeen],
  ['release', seenIn],
  ['release.version', releasePart(parseVersionTerm)],
  ['release.build', releasePart(parseBuildTerm)],
  [
    'release.package',
    releasePart((name) => ({ isNegated: false, term: { kind: 'package', package: name } })),
  ],
  ['first-release', firstSeenIn],
  ['firstRelease', firstSeenIn],
  ['first_release', firstSeenIn],
  ['project', project],
  ['project.name', project],
  ['issue', (query, term) => void (query.shortIds = positive(query.shortIds, term))],
  ['message', text],
  ['title', text],
]);

function applyTerm(query: Draft, term: Term): void {
  const apply = knownKeys.get(term.key);
  if (apply === undefined) throw invalid(`${term.key} is no search term`);
  apply(query, term);
}

function applyIs(query: Draft, value: string, isNegated: boolean): void {
  const status = statusAliases[value] ?? value;
  const sub = substatuses[value];
  if (statuses.includes(status)) {
    query.statuses = narrow(query.statuses, statuses, { key: 'is', values: [status], isNegated });
  } else if (sub !== undefined) {
    const all = ['', ...Object.values(substatuses).map(([name]) => name)];
    query.substatuses = narrow(query.substatuses, all, { key: 'is', values: [sub[0]], isNegated });
  } else if (value === 'assigned' || value === 'unassigned') {
    query.isAssigned = (value === 'assigned') !== isNegated;
  } else if (value === 'linked' || value === 'unlinked') {
    query.isLinked = (value === 'linked') !== isNegated;
  } else if (value === 'for_review') {
    query.isForReview = !isNegated;
  } else if (value === 'reprocessing') {
    // Nothing is ever reprocessed here.
    if (!isNegated) query.statuses = [];
  } else {
    throw invalid(`invalid value for "is" search, valid values are ${isValues}`);
  }
}

const isValues = [
  ...statuses,
  ...Object.keys(statusAliases),
  'reprocessing',
  'assigned',
  'unassigned',
  'linked',
  'unlinked',
  'for_review',
  ...Object.keys(substatuses),
].join(', ');

function applyAssigned(query: Draft, { values, isNegated, key }: Term): void {
  if (values.every((value) => value === 'none')) {
    query.isAssigned = isNegated;
    return;
  }
  if (isNegated) throw invalid(`${key} can only be negated with none`);
  query.assignees = values;
}

/** A substatus without a status term adds the status it belongs to. */
function withImpliedStatus(query: Draft): IssueQuery {
  if (query.statuses !== null || query.substatuses === null || query.substatuses.includes('')) {
    return query;
  }
  const wanted = query.substatuses;
  const implied = Object.values(substatuses)
    .filter(([substatus]) => wanted.includes(substatus))
    .map(([, status]) => status);
  return { ...query, statuses: [...new Set(implied)] };
}

/** Terms of one key all have to hold, so each leaves less. */
function narrow(
  current: readonly string[] | null,
  all: readonly string[],
  { key, values, isNegated }: Omit<Term, 'now'>,
): string[] {
  const unknown = values.find((value) => !all.includes(value));
  if (unknown !== undefined) throw invalid(`${unknown} is no value of ${key}`);
  return (current ?? all).filter((value) => values.includes(value) !== isNegated);
}

function positive(current: readonly string[] | null, { key, values, isNegated }: Term): string[] {
  if (isNegated) throw invalid(`${key} cannot be negated`);
  return current === null ? [...values] : current.filter((value) => values.includes(value));
}

function narrowDates(current: Range<string>, term: Term): Range<string> {
  return within(current, term, (text) => parseDateTerm(text, term.now));
}

/** A term of one value that says from where to where. */
function within<T extends string | number>(
  current: Range<T>,
  { key, values, isNegated }: Term,
  parse: (text: string) => Range<T> | null,
): Range<T> {
  const [value = '', ...others] = values;
  const range = others.length > 0 || isNegated ? null : parse(value);
  if (range === null) throw invalid(`${value} is no value of ${key}`);
  return intersect(current, range);
}

function unquote(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1');
}

function invalid(reason: string): Error {
  return badRequest(`Error parsing search query: ${reason}`);
}
