/**
 * Takes the place of `serviceInMemory`: whoever asks for a service gets a running host, which starts when it is first asked for anything. So
 * tests that were written for the pipeline in memory run through the Functions host, the identity provider and Azurite, too.
 */
import type { ServiceInMemory } from '../../http/serviceInMemory.ts';
import { startService } from '../../support/service.ts';
import { azureTables, type Tables } from '../../support/tables.ts';
import { type Door, doorOf } from './door.ts';

type Service = Awaited<ReturnType<typeof startService>>;
type Make = (wish?: { readonly operators?: readonly string[] }) => ServiceInMemory;

/** A host of its own for each. */
export const ownHosts: Make = (wish) => {
  const start = startingWith(wish);
  let starting: Promise<Service> | undefined;
  return atHost(() => {
    starting ??= start();
    return starting;
  });
};

/** The one that a file asks for, started before: for helpers that want to know its address at once. */
export async function startedHost(wish: Parameters<Make>[0]): Promise<Make> {
  const service = await startingWith(wish)();
  const there = atHost(async () => service, service);
  return () => there;
}

/** One host for all that follow one another in a file, and whose vaults have names of their own: each begins by the real time, without a pause. */
export function oneHost(): Make {
  let starting: Promise<Service> | undefined;
  return (wish) => {
    const start = startingWith(wish);
    let beginning: Promise<Service> | undefined;
    return atHost(() => {
      starting ??= start();
      beginning ??= starting.then(afresh);
      return beginning;
    });
  };
}

async function afresh(service: Service): Promise<Service> {
  const door = doorOf(service.api);
  const token = await service.token({ sub: 'ada', roles: ['Contributor'], mfa: true });
  await door('PUT', 'local/clock', { body: { offset: 'PT0S' } });
  await door('DELETE', 'pause', { token });
  return service;
}

/** What waits to be told together is told by a later sweep: so nobody looks for ever. */
const MOST_LOOKS = 100;

async function allTold(door: Door): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const { body } = await door('GET', 'alerts?top=200');
    const alerts = (body.value ?? []) as readonly { readonly notifications?: readonly { readonly status: string }[] }[];
    if (!alerts.some(({ notifications = [] }) => notifications.some(({ status }) => status === 'Queued'))) return;
  }
}

/** Only what a running service can be told. */
function startingWith({ operators = [], ...others }: Parameters<Make>[0] = {}): () => Promise<Service> {
  const unknown = Object.keys(others);
  if (unknown.length > 0) throw new Error(`a running host takes no ${unknown.join(', ')}`);
  // The tests of a file would be one another's crowd.
  const env = { MAIL_PER_RECIPIENT_PER_HOUR: '1000' };
  const named = operators.length > 0 ? { MAIL_OPERATORS: operators.join(',') } : {};
  return () => startService({ env: { ...env, ...named } });
}

function atHost(started: () => Promise<Service>, known?: Service): ServiceInMemory {
  let service = known;
  const running = (): Service => {
    if (!service) throw new Error('nobody has asked it for anything yet');
    return service;
  };
  const asked = async (): Promise<Service> => {
    service = await started();
    return service;
  };
  const door: Door = async (method, path, request) => {
    const { api } = await asked();
    const plain = doorOf(api);
    // In memory an alert is told before its call answers: before time passes, and behind a sweep, its mails are out here as well.
    if (path === 'local/clock') await allTold(plain);
    const answer = await plain(method, path, request);
    if (path === 'sweeps') await allTold(plain);
    return answer;
  };
  const tables: { current?: Tables } = {};
  const tableOf = (name: keyof Tables): Tables[typeof name] =>
    new Proxy({} as Tables[typeof name], {
      get: (_, what) => {
        tables.current ??= azureTables(running().storage);
        return Reflect.get(tables.current[name], what);
      },
    });
  return {
    door,
    token: async ({ roles, ...claims }) => (await asked()).token({ ...claims, roles: [...roles] }),
    fetch: (url, init) => fetch(url, init),
    output: () => running().output(),
    tables: { vaults: tableOf('vaults'), agenda: tableOf('agenda'), registry: tableOf('registry') },
    get api() {
      return running().api;
    },
    get mail() {
      return running().mail;
    },
  };
}
