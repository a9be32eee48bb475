/** One at a time across processes: two first starts side by side must not install into each other's feet. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 15 * 60_000; // an install over a slow line

/**
 * @template T
 * @param {string} file  the lock: holds `<pid> <token>` of whoever works
 * @param {(line: string) => void} say
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function takeTurn(file, say, work) {
  const token = `${process.pid} ${randomUUID()}`;
  const deadline = Date.now() + PATIENCE_MS;
  let waited = false;
  mkdirSync(dirname(file), { recursive: true });
  while (!claimed(file, token)) {
    if (!waited) say('another start is setting things up; waiting for it');
    waited = true;
    if (Date.now() > deadline) throw new Error(`Gave up waiting for another setup; if there is none, delete ${file}.`);
    removeIfAbandoned(file);
    await pause(100);
  }
  const letGo = () => rmSync(file, { force: true });
  process.once('exit', letGo);
  try {
    return await work();
  } finally {
    process.removeListener('exit', letGo);
    letGo();
    removeIfEmpty(dirname(file));
  }
}

function claimed(file, token) {
  try {
    writeFileSync(file, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'ENOENT')
      mkdirSync(dirname(file), { recursive: true }); // the one before us tidied the folder
    else if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/**
 * Only the process that creates the marker of this very token may remove the lock, and only if the lock still
 * bears the token: otherwise two who wait could both judge it abandoned and the slower one remove a fresh claim.
 */
function removeIfAbandoned(file) {
  const token = textOf(file);
  if (!token || isAlive(Number(token.split(' ')[0]))) return;
  const marker = `${file}.${token.split(' ')[1]}`;
  if (!claimed(marker, token)) return;
  if (textOf(file) === token) rmSync(file, { force: true });
  rmSync(marker, { force: true });
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // let go of in the meantime
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function removeIfEmpty(folder) {
  try {
    rmdirSync(folder);
  } catch {
    // others keep their data in it
  }
}
