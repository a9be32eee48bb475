import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { onTestsEnd } from './cleanUp.ts';
import { until } from './until.ts';

const AZURITE = resolve(import.meta.dirname, '../../../../node_modules/azurite/dist/src/azurite.js');
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** A storage emulator in memory; returns its connection string. */
export async function startAzurite(): Promise<string> {
  const [blob = 0, queue = 0, table = 0] = await Promise.all([freePort(), freePort(), freePort()]);
  const ports = Object.entries({ blob, queue, table }).flatMap(([name, port]) => [`--${name}Port`, String(port)]);
  const flags = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--loose'];
  const child = spawn(process.execPath, [AZURITE, ...ports, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise((done) => child.once('close', done));
  onTestsEnd(async () => {
    child.kill('SIGKILL'); // it holds nothing but memory
    await exited;
  });
  for (const stream of [child.stdout, child.stderr]) stream.resume(); // an unread pipe would stop it
  const answers = async (port: number) => {
    const reply = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    return reply !== undefined;
  };
  await until(
    async () => (await answers(blob)) && (await answers(queue)),
    () => 'Azurite to answer',
  );
  const at = (port: number) => `http://127.0.0.1:${port}/${ACCOUNT}`;
  return `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=${at(blob)};QueueEndpoint=${at(queue)};TableEndpoint=${at(table)};`;
}

export const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
