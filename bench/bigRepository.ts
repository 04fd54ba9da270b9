import { execFileSync } from 'node:child_process';

export const FILES_PER_COMMIT = 3;
const FOLDERS = 200;
const FILES_PER_FOLDER = 20;

/** Makes a bare repository with a straight history in which every commit changes three files of four thousand. */
export function makeBigRepository(path: string, commits: number): void {
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', path]);
  execFileSync('git', ['-C', path, 'fast-import', '--quiet'], { input: history(commits) });
}

export function git(path: string, args: readonly string[]): string {
  return execFileSync('git', ['-C', path, ...args], {
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
  }).trim();
}

/** A stream for `git fast-import`. */
function history(commits: number): string {
  const parts: string[] = ['blob\nmark :1\ndata 1\na\nblob\nmark :2\ndata 1\nb\n'];
  const seconds = 1_700_000_000;
  for (let i = 0; i < commits; i += 1) {
    const message = `Change ${i}\n\nFixes WEB-${i % 500}\n\nSome more words about why this was done.\n`;
    const who = `Dev ${i % 50} <dev${i % 50}@example.com> ${seconds + i * 60} +0200`;
    parts.push(
      `commit refs/heads/main\nauthor ${who}\ncommitter ${who}\ndata ${message.length}\n${message}`,
    );
    for (let file = 0; file < FILES_PER_COMMIT; file += 1) {
      const number = (i * 7919 + file * 104_729) % (FOLDERS * FILES_PER_FOLDER);
      const path = `folder${number % FOLDERS}/file${Math.floor(number / FOLDERS)}.ts`;
      parts.push(
        `M 100644 :${1 + (Math.floor((i * 7919) / (FOLDERS * FILES_PER_FOLDER)) % 2)} ${path}\n`,
      );
    }
  }
  return parts.join('');
}
