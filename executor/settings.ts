import { realSleep } from '../client/retry.ts';
import type { ExecutorOptions, Happening } from './types.ts';

/** The options of an executor, the defaults put in. */
export type Settings = Required<ExecutorOptions>;

export function settingsOf(options: ExecutorOptions): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings = { ...DEFAULTS, signal: new AbortController().signal, ...Object.fromEntries(given) } as Settings;
  const { executor, concurrency, leaseSeconds } = settings;
  if (!executor) throw new TypeError('An executor has a name.');
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new RangeError('concurrency is a whole number from 1 on.');
  if (!Number.isInteger(leaseSeconds) || leaseSeconds < 30 || leaseSeconds > 3600)
    throw new RangeError('leaseSeconds is a whole number from 30 to 3600.');
  return { ...settings, door: { ...settings.door, url: addressOf(settings.door) }, report: quietly(settings.report) };
}

function addressOf({ url, token }: ExecutorOptions['door']): string {
  const { protocol, hostname, username, password } = new URL(url);
  if (!/^https?:$/.test(protocol) || username || password)
    throw new TypeError('The url is not where a service is, or it holds a password.');
  if (token && protocol === 'http:' && !/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname))
    throw new TypeError(`A token is never sent in the clear. Use https: ${url}`);
  return url.replace(/\/+$/, '');
}

/** A listener that throws must not cost a lease. */
const quietly = (report: Settings['report']) => (happening: Happening) => {
  try {
    report(happening);
  } catch {
    // it was told; what it makes of it is its own
  }
};

const TROUBLE: readonly Happening['what'][] = ['failed', 'lost', 'unheard'];

const DEFAULTS = {
  concurrency: 1,
  leaseSeconds: 300,
  report({ what, order, vault, item, error }: Happening) {
    if (TROUBLE.includes(what)) console.error(`reprieve: ${what}`, order ? `${vault}/${item} ${order}:` : '', error);
  },
  fetch: (url: string, init: RequestInit) => fetch(url, init),
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  sleep: realSleep,
  random: () => Math.random(),
  newKey: () => crypto.randomUUID(),
};
