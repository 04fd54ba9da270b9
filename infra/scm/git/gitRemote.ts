import { createHash } from 'node:crypto';
import { assertSafeUrl, GIT_SCHEMES, type SafeTarget, type UrlPolicy } from '../../outboundUrl.ts';
import { ScmError } from '../errors.ts';
import type { ScmRepository } from '../provider.ts';

/** How git is to reach a repository. Secrets are in `config` only, which travels in the environment of the process. */
export type GitRemote = Readonly<{
  /** Differs for other credentials too: what one may read must not be served from a mirror that another filled. */
  mirrorKey: string;
  url: string;
  scheme: SafeTarget['scheme'];
  config: readonly (readonly [key: string, value: string])[];
  env: Readonly<Record<string, string>>;
}>;

/** Hosts take any user name next to a token; this one is GitHub's. */
const TOKEN_USERNAME = 'x-access-token';

/** @throws ScmError when the repository has no URL; otherwise as `assertSafeUrl`. */
export async function resolveRemote(
  repository: ScmRepository,
  policy: UrlPolicy,
): Promise<GitRemote> {
  if (repository.url === null) {
    throw new ScmError('invalid', { repository: repository.name, detail: 'it has no URL' });
  }
  const target = await assertSafeUrl(repository.url, policy, { schemes: GIT_SCHEMES });
  const authorization = basicAuthorization(target, repository.token ?? null);
  return {
    mirrorKey: createHash('sha256')
      .update(JSON.stringify([target.url, authorization]))
      .digest('hex')
      .slice(0, 40),
    url: target.scheme === 'git:' ? withAddress(target) : target.url,
    scheme: target.scheme,
    config: webConfig(target, authorization),
    env: target.scheme === 'ssh:' ? { GIT_SSH_COMMAND: sshCommand(target) } : {},
  };
}

function basicAuthorization(
  { scheme, credentials }: SafeTarget,
  token: string | null,
): string | null {
  if (scheme !== 'http:' && scheme !== 'https:') return null;
  const { username, password } =
    token === null ? (credentials ?? {}) : { username: TOKEN_USERNAME, password: token };
  if (username === undefined) return null;
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
}

function webConfig(target: SafeTarget, authorization: string | null): GitRemote['config'] {
  if (target.scheme !== 'http:' && target.scheme !== 'https:') return [];
  const pins = target.addresses.map(({ address }) => bracketed(address)).join(',');
  return [
    ['http.curloptResolve', `${target.host}:${target.port ?? ''}:${pins}`],
    ...(authorization === null
      ? []
      : [
          [
            `http.${new URL(target.url).origin}/.extraHeader`,
            `Authorization: ${authorization}`,
          ] as const,
        ]),
  ];
}

/**
 * Runs in a shell, git leaves no choice; it holds nothing but what `assertSafeUrl` let through. No user's ssh
 * configuration (it may start programs), the pinned address, and the known host under its name.
 */
function sshCommand({ host, port, addresses }: SafeTarget): string {
  const alias = port === 22 ? host : `[${host}]:${port ?? ''}`;
  const options = {
    BatchMode: 'yes',
    ClearAllForwardings: 'yes',
    ConnectTimeout: '15',
    HostKeyAlias: alias,
    HostName: addresses[0]?.address ?? host,
    ServerAliveInterval: '10',
    StrictHostKeyChecking: 'accept-new',
  };
  const args = Object.entries(options).map(([name, value]) => `-o '${name}=${value}'`);
  return ['ssh', '-F', '/dev/null', ...args].join(' ');
}

/** git:// has no way to connect to one address under another name. */
function withAddress({ url, addresses }: SafeTarget): string {
  const address = addresses[0]?.address ?? '';
  return url.replace(/^git:\/\/(?:\[[^\]]*\]|[^/:]*)/, `git://${bracketed(address)}`);
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
