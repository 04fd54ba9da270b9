/** Generated slugs are shorter than explicit ones may be, which leaves room for people to add to them. */
const GENERATED_LENGTH_MAX = 50;
const PROJECT_LENGTH_MAX = 100;
const ORGANIZATION_LENGTH_MIN = 3;
const ORGANIZATION_LENGTH_MAX = 50;

/** Stands in for names of which nothing is left, or which are reserved. */
const REPLACEMENT_HEX_DIGITS = 12;

export const SLUG_SUFFIX_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Few short suffixes first, then longer ones that hardly ever collide (groups-projects-orgs 3.2). */
const SUFFIX_LENGTHS: readonly number[] = [
  2,
  ...Array<number>(5).fill(3),
  ...Array<number>(20).fill(5),
  12,
];

const reservedProjectSlugs: ReadonlySet<string> = new Set(
  `$all api-keys audit-log auth members projects rate-limits repos settings teams billing payments legal subscription
   support integrations developer-settings usage`.split(/\s+/),
);

const reservedOrganizationSlugs: ReadonlySet<string> = new Set(
  `404 500 _admin _experiment _static about accept access account accountspayable acl admin answers ap api app at au1
   auth authentication avatar billing blog branding careers client clients community contact corp customers de debug
   devinfra docs enterprise eu events expenses ext extension extensions features finance for from get-cli
   github-deployment-gate guide help ingest ingest-beta integration-platform integrations invoice invoices ja jobs legal
   login logout lp mail manage my onboarding organization-avatar organizations out payment payments platforms plugins
   policy pricing privacy project-avatar projects receipt receipts referrals register remote resources sa1 sales security
   sentry-apps settings signup sponsorship ssh sso staff subscribe support syntax syntaxfm team-avatar teams terms thanks
   themonitor trust us vs welcome`.split(/\s+/),
);

const INVALID_SLUG =
  'Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric.';

/** Paths and queries take only digits for an id, so a slug of only digits could never be reached. */
const onlyDigits = /^\d+$/;

/** What is wrong with an explicit slug of a project or team, or null. */
export function projectSlugProblem(slug: string): string | null {
  if (!/^[a-z0-9_-]+$/.test(slug) || onlyDigits.test(slug)) return INVALID_SLUG;
  return slug.length > PROJECT_LENGTH_MAX
    ? `Ensure this field has no more than ${PROJECT_LENGTH_MAX} characters.`
    : null;
}

/** A new name or slug of a project that would shadow a page of the application, or null. */
export function reservedProjectProblem(kind: 'name' | 'slug', text: string): string | null {
  return reservedProjectSlugs.has(text)
    ? `The ${kind} "${text}" is reserved and not allowed.`
    : null;
}

/** What is wrong with the slug of an organization, or null, in the order of groups-projects-orgs 3.2. */
export function organizationSlugProblem(slug: string): string | null {
  if (slug.length < ORGANIZATION_LENGTH_MIN) {
    return `This slug "${slug}" is too short. Minimum of ${ORGANIZATION_LENGTH_MIN} characters.`;
  }
  if (reservedOrganizationSlugs.has(slug)) {
    return `This slug "${slug}" is reserved and not allowed.`;
  }
  if (/\s/.test(slug)) return `The slug "${slug}" should not contain any whitespace.`;
  if (!/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(slug) || slug.endsWith('-') || onlyDigits.test(slug)) {
    return INVALID_SLUG;
  }
  return slug.length > ORGANIZATION_LENGTH_MAX
    ? `Ensure this field has no more than ${ORGANIZATION_LENGTH_MAX} characters.`
    : null;
}

/** Lower-case ASCII letters, digits, underscores and single hyphens of a name; may be empty. */
export function slugify(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^\p{ASCII}]/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_\s-]/g, '')
    .replace(/[\s-]+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '');
}

export type SlugRandomness = Readonly<{
  hex: (digits: number) => string;
  text: (length: number, alphabet: string) => string;
}>;

/** Slugs for a project of this name, the best first; the first one that is free is to be taken. */
export function projectSlugCandidates(name: string, random: SlugRandomness): string[] {
  const slug = trimHyphens(slugify(name).slice(0, GENERATED_LENGTH_MAX));
  return slugCandidates(
    slug === '' || reservedProjectSlugs.has(slug) ? random.hex(REPLACEMENT_HEX_DIGITS) : slug,
    random,
  );
}

/** The same for an organization. */
export function organizationSlugCandidates(name: string, random: SlugRandomness): string[] {
  const slug = trimHyphens(slugify(name).replaceAll('_', '-').slice(0, GENERATED_LENGTH_MAX));
  const isUsable = slug.length >= ORGANIZATION_LENGTH_MIN && !reservedOrganizationSlugs.has(slug);
  return slugCandidates(isUsable ? slug : random.hex(REPLACEMENT_HEX_DIGITS), random);
}

function slugCandidates(base: string, random: SlugRandomness): string[] {
  const suffixed = SUFFIX_LENGTHS.map((length) => {
    const start = trimHyphens(base.slice(0, GENERATED_LENGTH_MAX - length - 1));
    return `${start}-${random.text(length, SLUG_SUFFIX_ALPHABET)}`;
  });
  return onlyDigits.test(base) ? suffixed : [base, ...suffixed];
}

function trimHyphens(text: string): string {
  return text.replace(/^-+|-+$/g, '');
}
