/** One Azurite child: started, listening, stopped. */
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { endChild, hasExited } from '../child.ts';
import { until } from '../until.ts';
import type { StoragePorts } from './connection.ts';

const LEASH = new URL('./leash.ts', import.meta.url).href; // loaded into its process before Azurite
const LISTENING = /successfully listening/g; // said once by each of its three services
const START_MS = 60_000;
const STOP_MS = 20_000;
const LAST_LINES = 8;

export interface AzuriteProcess {
  readonly child: ChildProcess;
  /** True once all three services listen, false if it ended or stayed silent. */
  listens(): Promise<boolean>;
  lastLines(): string;
  stop(): Promise<boolean>;
}

/** `folder` absent: everything in memory. */
export function spawnAzurite(ports: StoragePorts, folder?: string): AzuriteProcess {
  const child = fork(azuriteMain(), args(ports, folder), {
    execArgv: ['--import', LEASH],
    env: { ...process.env, ...(folder === undefined ? {} : { REPRIEVE_AZURITE_FOLDER: folder }) },
    detached: true, // a Ctrl-C in the terminal must not reach it before the app has finished its work
    silent: true,
  });
  let output = '';
  const hear = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-10_000);
  };
  // read to the end of its days: a full or closed pipe would stop Azurite
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const announced = () => (output.match(LISTENING)?.length ?? 0) >= 3;
  return {
    child,
    listens: async () => {
      await until(() => announced() || hasExited(child), START_MS);
      return announced() && !hasExited(child);
    },
    lastLines: () => output.trim().split('\n').slice(-LAST_LINES).join('\n'),
    // the leash turns the end of the channel into a graceful stop, and without the channel the process can end
    stop: () => endChild(child, () => child.connected && child.disconnect(), STOP_MS),
  };
}

function azuriteMain(): string {
  const manifest = createRequire(import.meta.url).resolve('azurite/package.json');
  return join(manifest, '..', 'dist', 'src', 'azurite.js');
}

function args(ports: StoragePorts, folder: string | undefined): string[] {
  const services = Object.entries(ports).flatMap(([name, port]) => [
    `--${name}Host`,
    '127.0.0.1',
    `--${name}Port`,
    String(port),
  ]);
  const place = folder === undefined ? ['--inMemoryPersistence'] : ['--location', folder];
  // the clients may be newer than Azurite's list of API versions; everything else it does not know it should refuse
  return [...services, ...place, '--silent', '--disableTelemetry', '--skipApiVersionCheck'];
}
