/** The estate of the demo, filled in memory: a running service finds its rows, as if the fortnight had passed in its own tables. */
import { createClient } from '../../../client/client.ts';
import type { Mailer } from '../../../src/ports/alerts.ts';
import { fill } from '../../../tools/demo/fill.ts';
import { type Name, PEOPLE } from '../../../tools/demo/people.ts';
import { demoOver, type MailService } from '../../../tools/demo/service.ts';
import { plant, rowsOf } from '../../faults/seeds.ts';
import { type ServiceInMemory, serviceInMemory } from '../../http/serviceInMemory.ts';
import { azureTables } from '../../support/tables.ts';

const REFUSED = { sent: false, permanent: true, retryAfterSeconds: undefined, code: '400', reason: 'no' } as const;

/** Mails go nowhere; one that is refused becomes a dead letter. */
function mailService(): Mailer & MailService {
  let refuses = false;
  return {
    isReached: async () => true,
    refuseNext: async () => {
      refuses = true;
    },
    send: async () => {
      if (!refuses) return { sent: true };
      refuses = false;
      return REFUSED;
    },
  };
}

async function clientsOf({ api: url, fetch, token }: ServiceInMemory) {
  const made = Object.entries(PEOPLE).map(async ([sub, person]) => {
    const client = createClient({ url, fetch, token: await token({ sub, ...person }) });
    return [sub, client] as const;
  });
  return Object.fromEntries(await Promise.all(made)) as Record<Name, ReturnType<typeof createClient>>;
}

export interface DemoEstate {
  /** What the clock of the service has to show, so that the fortnight lies behind it. */
  readonly now: string;
  readonly plantAt: (storage: string) => Promise<void>;
}

export async function demoEstate(): Promise<DemoEstate> {
  const mail = mailService();
  const service = serviceInMemory({ mailer: mail });
  const demo = demoOver(
    service.api,
    createClient({ url: service.api, fetch: service.fetch }),
    await clientsOf(service),
  );
  await fill(demo, mail);
  const rows = await rowsOf(service.tables);
  const { now } = await demo.read('getLocalClock', {});
  return { now, plantAt: (storage) => plant(azureTables(storage), rows) };
}
