import { mkdir } from 'node:fs/promises';
import { type Exit, exitOf } from '../child.ts';
import { freePorts } from '../ports.ts';
import { until } from '../until.ts';
import { askClaim, claimName, forgetClaim } from './claim.ts';
import { connectionString, type StoragePorts } from './connection.ts';
import { FOLDER_TAKEN } from './exit-codes.ts';
import { type AzuriteProcess, spawnAzurite } from './process.ts';

const TRIES = 5;
const SAVING_MS = 30_000;

export interface Wish {
  /** Absent: in memory. */
  readonly folder?: string;
  /** The first of three ports in a row; 0: any three free ones. */
  readonly port: number;
  readonly say?: (line: string) => void;
}

export interface Azurite {
  readonly connectionString: string;
  readonly pid: number;
  /** The folder really used: the wished one, or a neighbour when another instance has it. */
  readonly folder?: string;
  readonly gone: Promise<Exit>;
  /** Saves, and resolves when the process is gone; false if it had to be killed. */
  stop(): Promise<boolean>;
}

export type Spawned = (azurite: AzuriteProcess) => void;

/** Starts the blob, queue and table services. `spawned` hears of each process at once, so that it can be stopped early. */
export async function startAzurite(wish: Wish, spawned: Spawned = () => {}): Promise<Azurite> {
  let last: AzuriteProcess | undefined;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const folder = wish.folder === undefined ? undefined : await freeFolder(wish.folder, wish.say);
    const ports = await portsFor(wish.port);
    const azurite = spawnAzurite(ports, folder);
    spawned(azurite);
    if (await azurite.listens()) return running(azurite, ports, folder);
    last = azurite;
    await azurite.stop();
    if (!worthAnotherTry(azurite, wish)) break;
  }
  throw new Error(`Azurite, the local storage service, did not start; it said last:\n${last?.lastLines()}`);
}

/** Someone was quicker to take a port we had found free, or the folder. */
const worthAnotherTry = ({ child, lastLines }: AzuriteProcess, wish: Wish): boolean =>
  child.exitCode === FOLDER_TAKEN || (wish.port === 0 && lastLines().includes('EADDRINUSE'));

function running(azurite: AzuriteProcess, ports: StoragePorts, folder: string | undefined): Azurite {
  return {
    connectionString: connectionString(ports),
    pid: azurite.child.pid ?? 0,
    ...(folder === undefined ? {} : { folder }),
    gone: exitOf(azurite.child),
    stop: azurite.stop,
  };
}

async function portsFor(first: number): Promise<StoragePorts> {
  const [blob = 0, queue = 0, table = 0] = first === 0 ? await freePorts(3) : [first, first + 1, first + 2];
  return { blob, queue, table };
}

/** The wished folder, or `-2`, `-3`, … beside it while other instances run; one that is being saved is waited for. */
async function freeFolder(wished: string, say: Wish['say']): Promise<string> {
  for (let number = 1; ; number += 1) {
    const folder = number === 1 ? wished : `${wished}-${number}`;
    const name = claimName(folder);
    if ((await askClaim(name)) === 'leaving') say?.(`Waiting for the previous run to save ${folder}.`);
    await until(async () => (await askClaim(name)) !== 'leaving', SAVING_MS);
    if ((await askClaim(name)) !== 'free') continue;
    forgetClaim(name);
    if (number > 1) say?.(`${wished} is in use by another instance; this one keeps its data in ${folder}.`);
    await mkdir(folder, { recursive: true });
    return folder;
  }
}
