/**
 * Takes the place of `serviceInMemory`: whoever asks for a service gets a running host of its own, which starts when it is first asked for
 * anything. So tests that were written for the pipeline in memory run through the Functions host, the identity provider and Azurite, too.
 */

import type { ServiceInMemory } from '../../http/serviceInMemory.ts';
import { call } from '../../support/call.ts';
import { startService } from '../../support/service.ts';
import { azureTables, type Tables } from '../../support/tables.ts';
import type { Body, Door } from './door.ts';

type Service = Awaited<ReturnType<typeof startService>>;

/** Only what a running service can be told. */
export function serviceInMemory({
  operators = [],
  ...others
}: {
  readonly operators?: readonly string[];
} = {}): ServiceInMemory {
  if (Object.keys(others).length > 0) throw new Error(`a running host takes no ${Object.keys(others).join(', ')}`);
  let starting: Promise<Service> | undefined;
  let service: Service | undefined;
  const started = async (): Promise<Service> => {
    const env = operators.length > 0 ? { MAIL_OPERATORS: operators.join(',') } : {};
    starting ??= startService({ env });
    service = await starting;
    return service;
  };
  const running = (): Service => {
    if (!service) throw new Error('nobody has asked it for anything yet');
    return service;
  };
  let tables: Tables | undefined;
  const door: Door = async (method, path, request) => {
    const { api } = await started();
    return call<Body>(api, method, new URL(path, `${api}/api/`).href, request);
  };
  return {
    door,
    token: async ({ roles, ...claims }) => (await started()).token({ ...claims, roles: [...roles] }),
    fetch: (url, init) => fetch(url, init),
    output: () => running().output(),
    get api() {
      return running().api;
    },
    get mail() {
      return running().mail;
    },
    get tables() {
      tables ??= azureTables(running().storage);
      return tables;
    },
  };
}
