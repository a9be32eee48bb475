/** The running service, as the people of the demo talk to it. */
import type { Operations } from '../../client/api.ts';
import { call, type Operation, type Wish } from '../../client/call.ts';
import { type Name, PEOPLE } from './people.ts';

type Body<O extends Operation> = Operations[O]['answer'];

export interface Demo {
  readonly origin: string;
  readonly read: <O extends Operation>(operation: O, wish: Wish<O>) => Promise<Body<O>>;
  /** undefined where the service refuses because it is so already. */
  readonly send: <O extends Operation>(who: Name, operation: O, wish: Wish<O>) => Promise<Body<O> | undefined>;
}

const PATIENCE_MS = 30_000;
const SETTLED = [409, 410];

/** Said instead of a stack. */
export class Sentence extends Error {}

const request: typeof fetch = async (to, init = {}) => {
  try {
    return await fetch(to, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    throw new Sentence(
      `Nothing answers at ${new URL(String(to)).origin}: start it with "npm start", or say where it is with --url.`,
    );
  }
};

async function jsonOf<T>(response: Response): Promise<T | undefined> {
  try {
    return JSON.parse(await response.text());
  } catch {
    return undefined;
  }
}

export async function openDemo(given: string): Promise<Demo> {
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol))
    throw new Sentence(`"${given}" is not where a service is: --url http://127.0.0.1:7071`);
  const { origin } = new URL(given);
  const config = await jsonOf<{ mode?: string; idp?: string }>(await request(`${origin}/portal/config.json`));
  if (config?.mode !== 'local' || !config.idp)
    throw new Sentence(`${origin} is not a local run of Reprieve: the demo fills no other service.`);
  const tokens = await tokensFrom(config.idp);

  return {
    origin,
    read: async (operation, wish) => {
      const answer = await call({ api: origin, fetch: request }, operation, wish);
      if (!answer.ok) throw new Sentence(`${operation} answered ${answer.status}: ${answer.error.message}`);
      return answer.value;
    },
    send: async (who, operation, wish) => {
      const answer = await call({ api: origin, fetch: request, token: tokens[who] }, operation, wish);
      if (answer.ok) return answer.value;
      if (SETTLED.includes(answer.status)) return undefined;
      throw new Sentence(`${operation} answered ${answer.status}: ${answer.error.message}`);
    },
  };
}

async function tokensFrom(idp: string): Promise<Readonly<Record<Name, string>>> {
  const minted = Object.entries(PEOPLE).map(async ([sub, person]) => {
    const answer = await request(`${idp}/token`, { method: 'POST', body: JSON.stringify({ sub, ...person }) });
    return [sub, (await jsonOf<{ access_token: string }>(answer))?.access_token ?? ''];
  });
  return Object.fromEntries(await Promise.all(minted));
}
