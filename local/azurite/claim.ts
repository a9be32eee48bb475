/**
 * Two Azurites on one data folder destroy each other's data. Azurite itself does not look, so each one holds a named
 * socket for its folder: the system lets go of it with the process, however that ends, and no stale lock file remains.
 */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** `leaving`: the one that started it is gone and it is saving its data; the folder will be free in a moment. */
export type Claim = 'free' | 'owned' | 'leaving';

export function claimName(folder: string, platform: NodeJS.Platform = process.platform): string {
  const name = `reprieve-${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 24)}`;
  if (platform === 'linux') return `\0${name}`;
  if (platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

/** Resolves to false when another process holds the name. */
export const holdClaim = (name: string, answer: () => Exclude<Claim, 'free'>): Promise<boolean> =>
  new Promise((settle) => {
    const server = createServer((socket) => {
      socket.on('error', () => {}); // who asked has gone; nothing to tell
      socket.end(answer());
    });
    server.once('error', () => settle(false));
    server.listen(name, () => {
      server.unref();
      settle(true);
    });
  });

export const askClaim = (name: string): Promise<Claim> =>
  new Promise((settle) => {
    let heard = '';
    const socket = connect(name);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      heard += text;
    });
    socket.once('error', () => settle('free'));
    socket.once('end', () => settle(heard === 'leaving' ? 'leaving' : 'owned'));
  });

/** Where the name is a file it outlives its process; only to be called when `askClaim` says that nobody answers. */
export function forgetClaim(name: string): void {
  if (name.endsWith('.sock')) rmSync(name, { force: true });
}
