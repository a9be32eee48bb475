/** The running service, as the people of the demo talk to it. */
import { type Name, PEOPLE } from './plan.ts';

export interface Demo {
  readonly origin: string;
  readonly read: <T>(path: string) => Promise<T>;
  /** Answers the body, and undefined where the service refuses because it is so already. */
  readonly send: <T>(who: Name, method: string, path: string, body: object) => Promise<T | undefined>;
}

const PATIENCE_MS = 30_000;
const SETTLED = [409, 410];

/** Said instead of a stack. */
export class Sentence extends Error {}

const request = async (url: string, init: RequestInit = {}): Promise<Response> => {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    throw new Sentence(
      `Nothing answers at ${new URL(url).origin}: start it with "npm start", or say where it is with --url.`,
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
    read: async <T>(path: string): Promise<T> => {
      const response = await request(`${origin}/api/${path}`);
      const body = await jsonOf<T>(response);
      if (!response.ok || body === undefined) throw new Sentence(`GET ${path} answered ${response.status}.`);
      return body;
    },
    send: async <T>(who: Name, method: string, path: string, body: object): Promise<T | undefined> => {
      const response = await request(`${origin}/api/${path}`, {
        method,
        headers: { authorization: `Bearer ${tokens[who]}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (SETTLED.includes(response.status)) return undefined;
      if (!response.ok) throw new Sentence(`${method} ${path} answered ${response.status}: ${await response.text()}`);
      return jsonOf<T>(response);
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
