/** The running service, as the people of the demo talk to it. */
import {
  type Client,
  createClient,
  type Operation,
  type ReprieveError,
  type Value,
  type Wish,
} from '../../client/client.ts';
import { type Name, PEOPLE } from './people.ts';

export interface Demo {
  readonly origin: string;
  readonly read: <O extends Operation>(operation: O, wish: Wish<O>) => Promise<Value<O>>;
  /** Undefined: the service refused, because it is so already. */
  readonly send: <O extends Operation>(who: Name, operation: O, wish: Wish<O>) => Promise<Value<O> | undefined>;
}

/** What the demo asks of the service that its mails go through. */
export interface MailService {
  readonly isReached: () => Promise<boolean>;
  /** It refuses the next mail for good. */
  readonly refuseNext: () => Promise<unknown>;
}

export const mailAt = (origin: string): MailService => ({
  isReached: () =>
    fetch(`${origin}/inbox`).then(
      ({ ok }) => ok,
      () => false,
    ),
  refuseNext: () => fetch(`${origin}/faults`, { method: 'PUT', body: JSON.stringify({ mode: 'reject', count: 1 }) }),
});

const TIMEOUT_MS = 30_000;
const SETTLED = [409, 410];

/** Printed instead of a stack. */
export class Sentence extends Error {}

const nobodyAt = (origin: string): Sentence =>
  new Sentence(`Nothing answers at ${origin}: start it with "npm start", or say where it is with --url.`);

const notDone = (origin: string, operation: string, problem: ReprieveError): Sentence =>
  problem.status === 0 ? nobodyAt(origin) : new Sentence(`${operation} answered ${problem.status}: ${problem.message}`);

/** What is not part of the API: the settings of the portal and the local identity provider. */
async function jsonFrom<T>(url: string, init: RequestInit = {}): Promise<T | undefined> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => {
    throw nobodyAt(new URL(url).origin);
  });
  return answer.json().catch(() => undefined) as Promise<T | undefined>;
}

export async function openDemo(given: string): Promise<Demo> {
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol))
    throw new Sentence(`"${given}" is not where a service is: --url http://127.0.0.1:7071`);
  const { origin } = new URL(given);
  const config = await jsonFrom<{ mode?: string; idp?: string }>(`${origin}/portal/config.json`);
  if (config?.mode !== 'local' || !config.idp)
    throw new Sentence(`${origin} is not a local run of Reprieve: the demo fills no other service.`);
  const anyone = createClient({ url: origin, timeoutMs: TIMEOUT_MS });
  return demoOver(origin, anyone, await clientsOf(origin, config.idp));
}

type People = Readonly<Record<Name, Client>>;

export function demoOver(origin: string, anyone: Client, people: People): Demo {
  return {
    origin,
    read: async (operation, wish) => {
      const answer = await anyone.ask(operation, wish);
      if (answer.ok) return answer.value;
      throw notDone(origin, operation, answer.problem);
    },
    send: async (who, operation, wish) => {
      const answer = await people[who].ask(operation, wish);
      if (answer.ok) return answer.value;
      if (SETTLED.includes(answer.problem.status)) return undefined;
      throw notDone(origin, operation, answer.problem);
    },
  };
}

async function clientsOf(origin: string, idp: string): Promise<People> {
  const made = Object.entries(PEOPLE).map(async ([sub, person]) => {
    const body = JSON.stringify({ sub, ...person });
    const answer = await jsonFrom<{ access_token: string }>(`${idp}/token`, { method: 'POST', body });
    return [sub, createClient({ url: origin, token: answer?.access_token, timeoutMs: TIMEOUT_MS })];
  });
  return Object.fromEntries(await Promise.all(made));
}
