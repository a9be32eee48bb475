/** Stands between a service and Azurite's tables and queues, counts storage calls, and spoils the one it is told to. */
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { proxied } from './proxied.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** One storage call, held in the hand. */
export interface Passage {
  /** Azurite does it; the caller has not heard yet. */
  forward(): Promise<Answer>;
  answer(answer: Answer): void;
  /** The caller's connection breaks, after the first half of an answer if one is given. */
  cut(answer?: Answer): void;
}

export type Trouble = (passage: Passage) => Promise<void>;

const ERROR = (status: number, code: string): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ 'odata.error': { code, message: { lang: 'en-us', value: code } } })),
});

/** What goes wrong between a service and its storage. The first two happen before the deed, the others after it. */
export const FAULTS = {
  'answered 503, not done': async ({ answer }) => answer(ERROR(503, 'ServerBusy')),
  'cut, not done': async ({ cut }) => cut(),
  'done, answer lost': async ({ forward, cut }) => {
    await forward();
    cut();
  },
  'done, answered 500': async ({ forward, answer }) => {
    await forward();
    answer(ERROR(500, 'InternalError'));
  },
  'done, half an answer': async ({ forward, cut }) => cut(await forward()),
} as const satisfies Readonly<Record<string, Trouble>>;

export interface Spoil {
  /** Which call, from one. What the SDK sends again by itself is the same call. */
  readonly call: number;
  readonly trouble: Trouble;
  /** The SDK's own repetitions of that call meet the same trouble. */
  readonly stubborn: boolean;
  /** Every call after it meets the same trouble. */
  readonly onwards?: boolean;
  /** Calls that only read are not counted. */
  readonly writesOnly?: boolean;
}

/** What passed since the watch began. */
export interface Watch {
  calls(): number;
  /** The call that was spoiled, as `METHOD /path`; undefined: it was not reached. */
  spoiled(): string | undefined;
}

export interface FaultProxy {
  /** The same account, reached through here. */
  through(connectionString: string): string;
  /** Counts from zero, and spoils what it is told to; nothing without a spoil. */
  watch(spoil?: Spoil): Watch;
  stop(): Promise<void>;
}

const PROXIED = ['Table', 'Queue'] as const;

/** `uncounted`: paths of calls that pass unseen, such as a host that looks for work by itself. */
export async function startFaultProxy(connectionString: string, uncounted = /\/sweep-shards\b/): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  let watched = watchOf(undefined);

  const troubleFor = ({ method, url = '', headers }: IncomingMessage): Trouble | undefined => {
    if (uncounted.test(url)) return undefined;
    const { spoil, numbers } = watched;
    if (spoil?.writesOnly && method === 'GET') return undefined;
    const id = String(headers['x-ms-client-request-id']);
    const repeated = numbers.has(id);
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    const isMeant = spoil?.call === number || (spoil?.onwards === true && number > spoil.call);
    if (!spoil || !isMeant || (repeated && !spoil.stubborn)) return undefined;
    watched.spoiled ??= `${method} ${url.split('?')[0]}`;
    return spoil.trouble;
  };

  const { through, stop } = await proxied(connectionString, PROXIED, (target) => (incoming, outgoing) => {
    const trouble = troubleFor(incoming) ?? pass;
    trouble(passage(incoming, outgoing, target, agent)).catch(() => incoming.socket.destroy());
  });

  return {
    through,
    watch: (spoil) => {
      const mine = watchOf(spoil);
      watched = mine;
      return { calls: () => mine.numbers.size, spoiled: () => mine.spoiled };
    },
    stop: () => {
      agent.destroy();
      return stop();
    },
  };
}

/** The number of each call, by the id that the SDK gives it and keeps when it sends it again. */
const watchOf = (spoil: Spoil | undefined) => ({
  spoil,
  numbers: new Map<string, number>(),
  spoiled: undefined as string | undefined,
});

const pass: Trouble = async ({ forward, answer }) => answer(await forward());

export function passage(incoming: IncomingMessage, outgoing: ServerResponse, target: URL, agent: Agent): Passage {
  return {
    forward: async () => {
      const body = await bytesOf(incoming);
      const { hostname, port } = target;
      const { method, url: path, headers } = incoming;
      return new Promise<Answer>((resolve, reject) => {
        const sent = request({ agent, hostname, port, method, path, headers }, (back) => {
          bytesOf(back).then(
            (text) => resolve({ status: back.statusCode ?? 0, headers: back.headers, body: text }),
            reject,
          );
        });
        sent.on('error', reject);
        sent.end(body);
      });
    },
    answer: (answer) => {
      writeHead(outgoing, answer);
      outgoing.end(answer.body);
    },
    cut: (answer) => {
      if (!answer || answer.body.length < 2) return void incoming.socket.destroy();
      writeHead(outgoing, answer);
      outgoing.write(answer.body.subarray(0, answer.body.length / 2), () => incoming.socket.destroy());
    },
  };
}

/** These belong to a connection, not to what goes over it. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

function writeHead(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !OF_THE_CONNECTION.has(name)) outgoing.setHeader(name, value);
  if (status !== 204) outgoing.setHeader('content-length', body.length);
  outgoing.writeHead(status);
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
