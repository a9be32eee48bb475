import type { Io } from './io.ts';
import type { Given } from './options.ts';
import { WrongUsage } from './trouble.ts';

const DEFAULT_URL = 'http://127.0.0.1:7071';

interface Door {
  readonly url: string;
  readonly token: string | undefined;
}

/** Which service, and as whom. */
export async function doorFor(given: Given, io: Pick<Io, 'env' | 'az'>): Promise<Door> {
  const url = urlOf(given.url ?? (io.env['REPRIEVE_URL'] || DEFAULT_URL));
  const own = io.env['REPRIEVE_TOKEN']?.trim();
  const token = own || (isLoopback(url) ? undefined : await fromAzureCli(given, io));
  if (token && url.protocol === 'http:' && !isLoopback(url))
    throw new WrongUsage(`A token is never sent in the clear. Use https: https://${url.host}`);
  if (token && !/^[\x21-\x7e]+$/.test(token))
    throw new WrongUsage('REPRIEVE_TOKEN is not a token: it has characters that no token has.');
  return { url: url.origin + url.pathname, token };
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new WrongUsage(`"${text}" is not where a service is. Give a URL, for instance ${DEFAULT_URL}`);
  return url;
}

const isLoopback = ({ hostname }: URL): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);

/** The caller says for which application. A false service could otherwise ask for a token of something else. */
async function fromAzureCli({ resource }: Given, { env, az }: Pick<Io, 'env' | 'az'>): Promise<string | undefined> {
  const wanted = resource ?? env['REPRIEVE_RESOURCE'];
  if (!wanted) return undefined;
  if (!/^[A-Za-z0-9:/._-]+$/.test(wanted) || wanted.startsWith('-'))
    throw new WrongUsage(`"${wanted}" is not the id of an application: api://<application id>`);
  const args = ['account', 'get-access-token', '--resource', wanted, '--query', 'accessToken', '--output', 'tsv'];
  return (await az(args))?.trim() || undefined;
}
