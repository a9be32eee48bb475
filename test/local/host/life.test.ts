import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { atEnd } from '../../support/atEnd.ts';
import { eventually } from '../../support/eventually.ts';
import { functionApp } from './support/app.ts';
import { spawnHost, startHost } from './support/process.ts';

const ONE = `import { app } from '@azure/functions'; app.http('one', { handler: () => ({ body: process.env.NAME }) });`;

/** The single line a person gets to read. */
async function sentence(shape: Parameters<typeof functionApp>[0], args = ['--port', '0']): Promise<string> {
  const { code, stderr } = await spawnHost(functionApp(shape), { args }).exited;
  expect(code).toBe(1);
  return stderr;
}

test('an app that registers nothing is fatal', async () => {
  expect(await sentence({ source: 'export {};' })).toMatch(/^The app registered no function: .*\n$/);
});

test('an app whose library went into test mode registers nothing, and that is fatal', async () => {
  const source = `import { createRequire } from 'node:module'; import Module from 'node:module';
    const wrapped = Module.prototype.require;
    Module.prototype.require = function (id) { if (id === '@azure/functions-core') throw new Error('none'); return wrapped.call(this, id); };
    const { app } = createRequire(import.meta.url)('@azure/functions'); app.http('one', { handler: () => ({}) });`;
  expect(await sentence({ source })).toContain('The app registered no function');
});

test('a main that matches nothing, and no main at all, are fatal', async () => {
  expect(await sentence({ source: ONE, main: 'dist/nothing*.js' })).toMatch(
    /^package.json "main" is "dist\/nothing\*\.js", and no file .*\n$/,
  );
  expect(await sentence({ source: ONE, main: '' })).toMatch(/must have a "main".*\n$/);
});

/** As on Azure: it says why, and every address is a bare 404. */
async function withoutFunctions(source: string): Promise<string> {
  const host = await startHost(functionApp({ source }));
  await host.says('0 functions found.');
  const reply = await fetch(`${host.origin}/api/one`);
  expect([reply.status, await reply.text()]).toEqual([404, '']);
  return host.output();
}

test('an app that throws while it loads runs without functions, and the log has its stack', async () => {
  const said = await withoutFunctions(`${ONE} throw new Error("broken start");`);
  expect(said).toContain('The app could not be loaded: Error: broken start');
  expect(said).toContain('main.mjs:1');
});

test('two functions of one name, whatever their case, are such a throw', async () => {
  const said = await withoutFunctions(`${ONE} app.timer('ONE', { schedule: '0 * * * * *', handler: () => {} });`);
  expect(said).toContain('The app registers two functions named "ONE".\n');
});

test('a schedule nobody understands turns off its timer and nothing else', async () => {
  const source = `${ONE} app.timer('t', { schedule: 'every day', handler: () => {} });`;
  const host = await startHost(functionApp({ source }));
  await host.says('t: timerTrigger [in error: The schedule "every day" is no cron expression of six fields');
  expect((await fetch(`${host.origin}/api/one`)).status).toBe(200);
});

test('a timer without AzureWebJobsStorage is fatal', async () => {
  const source = `import { app } from '@azure/functions'; app.timer('t', { schedule: '0 * * * * *', handler: () => {} });`;
  expect(await sentence({ source })).toMatch(
    /^The storage connection setting 'AzureWebJobsStorage' is not set\. .*\n$/,
  );
});

test('a host.json that is no JSON, or holds nonsense, is fatal', async () => {
  expect(await sentence({ source: ONE, hostJson: '{' })).toMatch(/host.json is not valid JSON: .*\n$/);
  expect(await sentence({ source: ONE, hostJson: '{"version":"3"}' })).toMatch(/must say "version": "2.0"/);
  expect(await sentence({ source: ONE, queues: { batchSize: 33 } })).toMatch(
    /batchSize must be a whole number from 1 to 32/,
  );
});

test('a port in use is fatal', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  atEnd(() => new Promise((done) => server.close(done)));
  const address = server.address();
  const port = String(typeof address === 'object' && address ? address.port : 0);
  expect(await sentence({ source: ONE }, ['--port', port])).toBe(
    `Port ${port} is already in use: choose another with --port, or 0 for a free one.\n`,
  );
  expect(await sentence({ source: ONE }, ['--port', 'x'])).toMatch(/^--port must be a number/);
  expect(await sentence({ source: ONE }, ['--prot', '1'])).toMatch(/Usage: /);
});

test('an app that asks for HTTP streams is told at once that there are none here', async () => {
  const source = `${ONE} app.setup({ enableHttpStream: true });`;
  expect(await sentence({ source })).toMatch(/^The app asks for HTTP streams .*\n$/);
});

test('a binding the host does not have puts its function in error; the others run', async () => {
  const source = `${ONE} import { input, output } from '@azure/functions';
    const blob = { path: 'a/b', connection: 'X' }; const handler = () => ({});
    app.http('reads', { extraInputs: [input.storageBlob(blob)], handler });
    app.http('writes', { extraOutputs: [output.storageBlob(blob)], handler });
    app.storageBlob('watches', { ...blob, handler });`;
  const host = await startHost(functionApp({ source }));
  expect((await fetch(`${host.origin}/api/one`)).status).toBe(200);
  expect((await fetch(`${host.origin}/api/reads`)).status).toBe(404);
  await expect
    .poll(() => host.output())
    .toContain('reads: httpTrigger [in error: The local host has no input binding of type "blob" (');
  await expect
    .poll(() => host.output())
    .toContain('writes: httpTrigger [in error: The local host has no output binding of type "blob" (');
  await expect
    .poll(() => host.output())
    .toContain('watches: blobTrigger [in error: The local host knows HTTP, timer and storage queue');
});

test('a bundled app, in one file with the library inside, finds its host too', async () => {
  const entry = resolve(import.meta.dirname, 'fixtures', 'http.mjs');
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    external: ['@azure/functions-core'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const host = await startHost(functionApp({ source: outputFiles[0]?.text ?? '' }));
  expect(await (await fetch(`${host.origin}/api/items/recent`)).text()).toBe('recent');
});

test('a function registered after the start is refused', async () => {
  const source = `${ONE} app.http('late', { handler: () => { app.http('more', { handler: () => ({}) }); return {}; } });`;
  const host = await startHost(functionApp({ source }));
  expect((await fetch(`${host.origin}/api/late`)).status).toBe(500);
  await expect.poll(() => host.output()).toContain('Function "more" comes too late');
});

test('the environment beats local.settings.json, which fills what is missing', async () => {
  const shape = { source: ONE, settings: { NAME: 'file', AZURE_FUNCTIONS_ENVIRONMENT: 'Testing' } };
  const filled = await startHost(functionApp(shape));
  expect(await (await fetch(`${filled.origin}/api/one`)).text()).toBe('file');
  const beaten = await startHost(functionApp(shape), { env: { NAME: 'environment' } });
  expect(await (await fetch(`${beaten.origin}/api/one`)).text()).toBe('environment');
});

test('an empty route prefix puts functions at the root, but never where the host itself answers', async () => {
  const source = `${ONE} app.http('all', { route: '{*path}', handler: () => ({ body: 'all' }) });`;
  const host = await startHost(functionApp({ source, routePrefix: '' }));
  expect(await (await fetch(`${host.origin}/any/where`)).text()).toBe('all');
  for (const path of ['/admin', '/ADMIN/x', '/%61dmin/host/nothing', '/x/../admin/y', '/runtime/webhooks/x'])
    expect((await fetch(`${host.origin}${path}`)).status).toBe(401);
});

test('SIGTERM lets a request in work finish, closes idle connections, runs appTerminate and exits 0', async () => {
  const host = await startHost(functionApp({ fixture: 'http.mjs' }));
  await (await fetch(`${host.origin}/api/nothing`)).arrayBuffer(); // leaves an idle keep-alive connection
  const held = fetch(`${host.origin}/api/hold/a`);
  await host.says('holding a');
  host.child.kill('SIGTERM');
  await host.says('Shutting down');
  await eventually(
    () =>
      fetch(host.origin).then(
        () => false,
        () => true,
      ),
    () => 'the port to close',
  );
  host.child.kill('SIGINT'); // another signal is no impatience: Ctrl-C and a parent's SIGTERM arrive together
  host.child.kill('SIGUSR2');
  expect(await (await held).text()).toBe('released');
  expect((await host.exited).code).toBe(0);
  await expect.poll(() => host.output()).toContain('hook appTerminate');
});

test('the same signal again ends the host at once', async () => {
  const host = await startHost(functionApp({ fixture: 'http.mjs' }));
  const held = fetch(`${host.origin}/api/hold/a`).catch(() => 'cut off');
  await host.says('holding a');
  host.child.kill('SIGTERM');
  const again = setInterval(() => host.child.kill('SIGTERM'), 200);
  atEnd(() => clearInterval(again));
  expect((await host.exited).code).toBe(1);
  expect(await held).toBe('cut off');
});

test('a host whose parent dies ends by itself', async () => {
  const root = functionApp({ fixture: 'http.mjs' });
  const main = resolve(import.meta.dirname, '../../../local/host/main.ts');
  const script = `const host = require('node:child_process').spawn(process.execPath, ${JSON.stringify([main, '--root', root, '--port', '0'])}, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    host.on('message', ({ origin }) => console.log(JSON.stringify({ origin, pid: host.pid })));`;
  const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((done) => parent.stdout.once('data', (chunk) => done(String(chunk))));
  const { origin, pid } = JSON.parse(line);
  expect((await fetch(`${origin}/api/nothing`)).status).toBe(204);
  atEnd(() => stopIfAlive(pid));
  parent.kill('SIGKILL');
  await eventually(
    () =>
      fetch(origin).then(
        () => false,
        () => true,
      ),
    () => 'the orphan to end',
  );
});

function stopIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself, as it should
  }
}
