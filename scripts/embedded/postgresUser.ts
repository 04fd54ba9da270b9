import { execFile } from 'node:child_process';
import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { findExecutable } from '../process/findExecutable.ts';

const run = promisify(execFile);

export type SystemUser = Readonly<{ uid: number; gid: number }>;

const NAME = 'postgres';
const ROOT_GROUP = 0;

/**
 * Postgres refuses to run as root: the unprivileged system user that runs it instead, made when it is missing. Null
 * when we are not root and Postgres runs as ourselves.
 * @param paths what this user must reach; their folders are made and opened for it where needed.
 */
export async function postgresUser(
  paths: readonly string[],
  tell: (sentence: string) => void,
): Promise<SystemUser | null> {
  if (process.getuid?.() !== 0) return null;
  const user = (await findUser()) ?? (await createUser(tell));
  const closed = (await Promise.all(paths.map((path) => foldersClosedTo(user, path)))).flat();
  if (closed.length === 0) return user;
  // Folders such as /root are closed to everybody else. The user joins the group of root, so that opening them means
  // the right to pass through for members of that group, not for the whole machine.
  const member = { uid: user.uid, gid: ROOT_GROUP };
  for (const folder of new Set(closed)) await letThrough(member, folder, tell);
  return member;
}

async function findUser(): Promise<SystemUser | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', NAME]), run('id', ['-g', NAME])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

async function createUser(tell: (sentence: string) => void): Promise<SystemUser> {
  tell(`Creating the system user ${NAME}: Postgres refuses to run as root.`);
  // shadow-utils nearly everywhere, BusyBox on Alpine.
  if (findExecutable('useradd', process.env['PATH']) !== null) {
    await run('useradd', ['--system', '--user-group', '--no-create-home', NAME]);
  } else {
    await run('adduser', ['-S', '-D', '-H', NAME]);
  }
  const user = await findUser();
  if (user === null) throw new Error(`The system user ${NAME} could not be created.`);
  return user;
}

/** The folders above a path that the user may not pass through. */
async function foldersClosedTo(user: SystemUser, path: string): Promise<string[]> {
  await mkdir(dirname(path), { recursive: true });
  const closed: string[] = [];
  let folder = await realpath(dirname(path));
  for (;;) {
    if (!isOpenTo(user, await stat(folder))) closed.push(folder);
    if (folder === dirname(folder)) return closed;
    folder = dirname(folder);
  }
}

async function letThrough(
  user: SystemUser,
  folder: string,
  tell: (sentence: string) => void,
): Promise<void> {
  const status = await stat(folder);
  if (isOpenTo(user, status)) return;
  const [bit, sign] = status.gid === ROOT_GROUP ? [0o010, 'g+x'] : [0o001, 'o+x'];
  tell(`Letting Postgres pass through ${folder} (chmod ${sign}), because it may not run as root.`);
  await chmod(folder, (status.mode & 0o7777) | bit);
}

function isOpenTo(
  user: SystemUser,
  folder: Readonly<{ uid: number; gid: number; mode: number }>,
): boolean {
  if (folder.uid === user.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === user.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}
