export type LockedPackage = Readonly<{
  name?: string;
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: readonly string[];
  cpu?: readonly string[];
  libc?: readonly string[];
  optionalDependencies?: Readonly<Record<string, string>>;
}>;

export type LockFile = Readonly<{ packages: Readonly<Record<string, LockedPackage>> }>;

export type MissingPackage = Readonly<{ path: string; package: LockedPackage }>;

const SYSTEMS: Readonly<Record<string, string>> = {
  aix: 'aix',
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
  win32: 'win32',
  windows: 'win32',
};

const PROCESSORS = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 's390x', 'riscv64', 'loong64'];

/**
 * Optional packages that locked ones ask for and the lock file does not have. npm leaves them out when the registry at
 * hand does not serve them, as some mirrors do not for foreign platforms, and `npm ci` then refuses the whole file.
 * Named by version and platform they are enough: npm passes over a foreign platform without a fetch.
 */
export function missingPackages(lock: LockFile): MissingPackage[] {
  const missing = new Map<string, MissingPackage>();
  for (const [path, locked] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
      if (isLocked(lock, path, name)) continue;
      const placed = `node_modules/${name}`;
      missing.set(placed, { path: placed, package: describe(name, version, locked) });
    }
  }
  return [...missing.values()];
}

/** As Node resolves it: in the folder of the package that asks, or in any above. */
function isLocked({ packages }: LockFile, from: string, name: string): boolean {
  for (let folder = from; ; folder = parentOf(folder)) {
    if (packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`]) {
      return true;
    }
    if (folder === '') return false;
  }
}

function parentOf(folder: string): string {
  return folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0));
}

/** Platform packages carry their platform in their name. */
function describe(name: string, version: string, parent: LockedPackage): LockedPackage {
  const words = (name.split('/').at(-1) ?? '').split('-');
  const os = words.map((word) => SYSTEMS[word]).find((system) => system !== undefined);
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined || !/^\d/.test(version)) {
    throw new Error(`${name}@${version} is missing and not a package of one platform.`);
  }
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc';
  return {
    version,
    cpu: [cpu],
    ...(parent.dev === true ? { dev: true } : {}),
    ...(os === 'linux' ? { libc: [libc] } : {}),
    optional: true,
    os: [os],
  };
}
