import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';

/** What the operator allows (`SLIPWAY_ALLOW_PRIVATE_URLS`, `SLIPWAY_GIT_ALLOW_FILE`). */
export type UrlPolicy = Readonly<{ allowPrivate: boolean; allowFile: boolean }>;

export type UrlScheme = 'http:' | 'https:' | 'ssh:' | 'git:' | 'file:';

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

/** A URL that may be connected to, at exactly these addresses: a name that resolves anew could point elsewhere. */
export type SafeTarget = Readonly<{
  scheme: UrlScheme;
  /** Put together again from its parts, without credentials: nobody else parses what was checked here. */
  url: string;
  /** Without brackets; empty for files. */
  host: string;
  port: number | null;
  credentials: Readonly<{ username: string; password: string }> | null;
  /** Never empty, except for files. */
  addresses: readonly LookupAddress[];
}>;

/** The URL breaks a rule of ours: asking again will not help. The message never holds credentials. */
export class UnsafeUrlError extends Error {
  override readonly name = 'UnsafeUrlError';
}

const WEB_SCHEMES: readonly UrlScheme[] = ['http:', 'https:'];
export const GIT_SCHEMES: readonly UrlScheme[] = ['http:', 'https:', 'ssh:', 'git:', 'file:'];
const DEFAULT_PORTS = { 'http:': 80, 'https:': 443, 'ssh:': 22, 'git:': 9418, 'file:': null };
const URL_LENGTH_MAX = 2_048;

const schemePattern = /^([a-z][a-z0-9+.-]*:)\/\//i;
const scpPattern = /^(?:([^@/:]+)@)?([^@/:[\]]+|\[[0-9a-f:.]+\]):(?!:)(.+)$/i;
// Backslashes are slashes to some parsers and not to others; escaped control characters end up in protocols of lines.
// eslint-disable-next-line no-control-regex -- they are what it looks for.
const forbiddenText = /[\u0000-\u0020\u007f-\u009f\\]|%(?:[01][0-9a-f]|7f)/i;
// Anything else, and a leading dash above all, may be taken for an option by the programs that get it.
const hostPattern = /^[a-z0-9_]([a-z0-9._-]*[a-z0-9_.])?$/i;
const userPattern = /^[a-z0-9_][a-z0-9._+-]*$/i;

/**
 * Checks a URL that somebody configured before anything connects to it (DESIGN 9).
 * @throws UnsafeUrlError when a rule forbids it; the error of the resolver when its name does not resolve.
 */
export async function assertSafeUrl(
  text: string,
  policy: UrlPolicy,
  options: Readonly<{ schemes?: readonly UrlScheme[]; resolve?: Resolve }> = {},
): Promise<SafeTarget> {
  const { schemes = WEB_SCHEMES, resolve = resolveAll } = options;
  if (text.length > URL_LENGTH_MAX) throw new UnsafeUrlError('the URL is too long');
  if (forbiddenText.test(text)) {
    throw new UnsafeUrlError('the URL holds spaces, backslashes or control characters');
  }
  const target = parseTarget(text);
  if (!schemes.includes(target.scheme)) {
    throw new UnsafeUrlError(`the scheme ${target.scheme} is not supported`);
  }
  if (target.scheme === 'file:') {
    if (!policy.allowFile) throw new UnsafeUrlError('files of this machine are not allowed');
    return { ...target, addresses: [] };
  }
  const addresses = isIP(target.host)
    ? [{ address: target.host, family: isIPv4(target.host) ? 4 : 6 }]
    : await resolve(target.host);
  // One bad address is enough: a name with a public and a private one is the classic way around this check.
  if (addresses.length === 0 || !addresses.every(({ address }) => isSafeAddress(address, policy))) {
    throw new UnsafeUrlError(`${target.host} is not a public address`);
  }
  return { ...target, addresses };
}

/** A `lookup` for node:net and node:http that answers what was checked and never asks again. */
export function pinnedLookup(target: SafeTarget): LookupFunction {
  return (_host, options, callback) => {
    const { addresses } = target;
    const [first] = addresses;
    if (first === undefined) callback(new Error('Nothing to connect to'), '');
    else if (options.all === true) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

/** For logs and messages: without credentials, query and fragment, each of which may hold a secret. */
export function maskUrl(text: string): string {
  return text
    .replace(/[?#].*$/s, '')
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1')
    .replace(/^[^/@:]*:[^/@]*@/, '');
}

/** Whether an address may be connected to. Metadata services never, private ones only where the operator says so. */
export function isSafeAddress(address: string, policy: Pick<UrlPolicy, 'allowPrivate'>): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  if (family === 6) {
    const embedded = embeddedIpv4(address);
    if (embedded !== null) return isSafeAddress(embedded, policy);
  }
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (never.check(address, type)) return false;
  if (closed.check(address, type)) return policy.allowPrivate;
  return family === 4 || globalUnicast.check(address, 'ipv6');
}

function parseTarget(text: string): Omit<SafeTarget, 'addresses'> {
  if (/^[a-z0-9+.-]+::/i.test(text)) throw new UnsafeUrlError('remote helpers are not allowed');
  if (text.startsWith('/')) return fileTarget(text);
  const scheme = schemePattern.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return scpTarget(text);
  if (!isScheme(scheme)) throw new UnsafeUrlError(`the scheme ${scheme} is not supported`);
  if (!URL.canParse(text)) throw new UnsafeUrlError('the URL cannot be read');
  const url = new URL(text);
  if (scheme === 'file:') {
    if (url.hostname !== '') throw new UnsafeUrlError('a file URL names no host');
    return fileTarget(url.pathname);
  }
  const host = checkHost(url.hostname);
  const [username, password] = [decode(url.username), decode(url.password)];
  const isWeb = WEB_SCHEMES.includes(scheme);
  if (!isWeb && username !== '') checkUser(username);
  const user = scheme === 'ssh:' && username !== '' ? `${username}@` : '';
  const port = url.port === '' ? '' : `:${url.port}`;
  return {
    scheme,
    url: `${scheme}//${user}${bracketed(host)}${port}${url.pathname}${isWeb ? url.search : ''}`,
    host,
    port: url.port === '' ? DEFAULT_PORTS[scheme] : Number(url.port),
    credentials: username === '' && password === '' ? null : { username, password },
  };
}

/** `user@host:path`, the short form of ssh. Its path is relative to the home folder, so it stays as it is. */
function scpTarget(text: string): Omit<SafeTarget, 'addresses'> {
  const [, username, rawHost = '', path = ''] = scpPattern.exec(text) ?? [];
  if (rawHost === '' || path.startsWith('-')) throw new UnsafeUrlError('the URL cannot be read');
  const host = checkHost(rawHost);
  if (username !== undefined) checkUser(username);
  return {
    scheme: 'ssh:',
    url: `${username === undefined ? '' : `${username}@`}${bracketed(host)}:${path}`,
    host,
    port: DEFAULT_PORTS['ssh:'],
    credentials: username === undefined ? null : { username, password: '' },
  };
}

function fileTarget(path: string): Omit<SafeTarget, 'addresses'> {
  return { scheme: 'file:', url: `file://${path}`, host: '', port: null, credentials: null };
}

function checkHost(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0 && !hostPattern.test(host))
    throw new UnsafeUrlError('the host is malformed');
  return host;
}

function checkUser(username: string): void {
  if (!userPattern.test(username)) throw new UnsafeUrlError('the user name is malformed');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UnsafeUrlError('the credentials in the URL are malformed');
  }
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function isScheme(text: string): text is UrlScheme {
  return text in DEFAULT_PORTS;
}

const lookupAll = promisify(lookup);

function resolveAll(host: string): Promise<LookupAddress[]> {
  return lookupAll(host, { all: true, order: 'ipv4first' });
}

/** IPv4 inside IPv6: mapped, compatible, NAT64 and 6to4 addresses reach the IPv4 host that they hold. */
function embeddedIpv4(address: string): string | null {
  const groups = ipv6Groups(address);
  const [first, second, third] = groups;
  const isZero = (from: number, to: number): boolean =>
    groups.slice(from, to).every((group) => group === 0);
  const isMapped = isZero(0, 5) && (groups[5] === 0xffff || groups[5] === 0);
  // The unspecified and the loopback address have rules of their own.
  const isOwn = isZero(0, 7) && (groups[7] ?? 0) <= 1;
  if (isMapped && !isOwn) return dotted(groups[6], groups[7]);
  if (first === 0x64 && second === 0xff9b && isZero(2, 6)) return dotted(groups[6], groups[7]);
  return first === 0x2002 ? dotted(second, third) : null;
}

/** The eight 16-bit groups of an address that `isIP` has accepted. */
function ipv6Groups(address: string): number[] {
  // The URL parser writes the one canonical form: no dotted tail, at most one `::`.
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const parse = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [left, right] = [parse(head), parse(tail ?? '')];
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function dotted(high = 0, low = 0): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function blockList(...subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', prefix] = subnet.split('/');
    list.addSubnet(network, Number(prefix), network.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Link-local and metadata addresses hand out the credentials of the machine; the rest is no address of a host. */
const never = blockList(
  ...['0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  // Metadata services outside of link-local: Alibaba Cloud, and Amazon on IPv6.
  ...['100.100.100.200/32', 'fd00:ec2::254/128'],
  ...['::/128', 'fe80::/10', 'ff00::/8'],
);

/** Private networks, loopback, carrier-grade NAT, and blocks for documentation and benchmarks. */
const closed = blockList(
  ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  ...['192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['::1/128', 'fc00::/7', 'fec0::/10', '64:ff9b:1::/48'],
  ...['2001::/23', '2001:db8::/32', '3fff::/20'],
);

const globalUnicast = blockList('2000::/3');
