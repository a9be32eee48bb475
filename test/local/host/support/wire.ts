/**
 * A program: a small app with one function of each kind that ours has, hosted in this process. It prints all that the library tells its
 * host, and what the host tells it, one message a line.
 */
import type { HttpResponseInit } from '@azure/functions';
import { core, provideCore } from '../../../../local/host/app/core.ts';
import type { HostedFunction } from '../../../../local/host/app/functions.ts';
import { type Call, invoker } from '../../../../local/host/app/invoke.ts';
import type { FunctionMetadata, Handler, InvocationResponse } from '../../../../local/host/app/protocol.ts';

const said: string[] = [];
const say = (what: string, ...told: readonly unknown[]): void => {
  const text = JSON.stringify([what, ...told], (_, value) => bytesOf(value)?.toString('base64') ?? value);
  said.push(text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID'));
};

/** A Buffer has turned itself into its JSON before anybody is asked. */
function bytesOf(value: unknown): Buffer | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value);
  const isBuffer = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
  return isBuffer && 'data' in value ? Buffer.from(value.data as number[]) : undefined;
}

const log = (level: string, category: string, message: string): void => say('log', level, category, message);
const registered = core(log);
/** The core as the library gets it, each call written down. */
const api = Object.fromEntries(
  Object.entries(registered.api).map(([name, member]) => [
    name,
    name === 'Disposable' || name === 'log' || typeof member !== 'function'
      ? member
      : (...told: readonly unknown[]) => {
          say(name, ...told.map((each) => (typeof each === 'function' ? 'a function' : each)));
          return member(...told);
        },
  ]),
);
provideCore(api);

const { app, HttpResponse, output } = await import('@azure/functions');

app.hook.appStart(() => undefined);
app.hook.appTerminate(() => undefined);
const queue = { queueName: 'queue', connection: 'STORE' } as const;
const put = output.storageQueue(queue);
const answers: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  text: () => ({ body: 'grüße', headers: { 'X-Name': 'Value', etag: '"1"' } }),
  json: () => ({ status: 201, jsonBody: { a: [1] } }),
  bytes: () => ({ body: Buffer.from([0, 255]) }),
  response: () =>
    new HttpResponse({
      status: 204,
      headers: [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
    }),
  wrong: () => {
    throw new Error('as asked');
  },
};
app.http('answers', {
  methods: ['GET', 'POST'],
  route: 'api/answers/{kind}',
  authLevel: 'anonymous',
  handler: async (request) => {
    const { method, url, headers, query, params } = request;
    say('the handler saw', method, url, [...headers], [...query], params, await request.text());
    return answers[params['kind'] ?? '']?.() as HttpResponseInit;
  },
});
app.timer('timer', {
  schedule: '%SCHEDULE%',
  extraOutputs: [put],
  handler: (timer, context) => {
    say('the handler saw', timer);
    context.extraOutputs.set(put, [{ share: 1 }, 'two']);
  },
});
app.storageQueue('queue', {
  ...queue,
  handler: (message, context) => say('the handler saw', message, context.triggerMetadata),
});

await registered.run('appStart', '/app');
const model = registered.model();
if (!model) throw new Error('The library registered no model.');
say('getCapabilities', await model.getCapabilities?.({}));

const called = (name: string, triggerName: string): HostedFunction => {
  const found = registered.functions().find((each) => each.name === name);
  if (!found) throw new Error(name);
  return {
    ...(found as FunctionMetadata & { handler: Handler }),
    triggerName,
    triggerType: '',
    trigger: { kind: 'error', sentence: '' },
    disabled: false,
  };
};
const deliver = async (_: FunctionMetadata, response: InvocationResponse): Promise<void> =>
  say('getResponse', response);
const invoke = invoker({ model, print: () => undefined, deliver });
const tell = async (name: string, input: Call['input'], metadata?: Call['metadata']): Promise<void> => {
  const { bindings } = called(name, '');
  const [triggerName = ''] = Object.entries(bindings).find(([, { type }]) => /trigger$/i.test(type)) ?? [];
  say('invoke', name, input);
  const { ok } = await invoke(called(name, triggerName), { reason: '', input, ...(metadata ? { metadata } : {}) });
  if (!ok) say('failed');
};

const text = (value: string) => ({ value });
for (const kind of Object.keys(answers))
  await tell('answers', {
    http: {
      method: 'POST',
      url: `http://x/api/answers/${kind}?a=1`,
      nullableHeaders: { 'content-length': text('2'), accept: text('a,b') },
      nullableQuery: { a: text('1') },
      nullableParams: { kind: text(kind) },
      body: kind === 'text' ? { bytes: Buffer.from('{}') } : null,
    },
  });
await tell('timer', { json: '{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":true}' });
const metadata = {
  DequeueCount: { json: '1' },
  Id: { json: '"m"' },
  InsertionTime: { json: '"2026-11-26T00:00:00+00:00"' },
};
for (const string of ['{"a":1}', 'no JSON']) await tell('queue', { string }, metadata);

process.stdout.write(`${said.join('\n')}\n`);
