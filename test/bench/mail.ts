/** Section: mails through the stand-in beside bare sends of the SDK, and what a mail asks of storage and queue. */
import { EmailClient } from '@azure/communication-email';
import { startMail } from '../../local/mail/start.ts';
import { alert } from '../../src/core/alerts.ts';
import { type Instant, instantOf } from '../../src/core/time.ts';
import { newSettings, type Vault } from '../../src/core/vault.ts';
import { notify } from '../../src/flows/notify/message.ts';
import { landAlerts } from '../../src/flows/story/land.ts';
import { letter } from '../../src/letters/letter.ts';
import { communicationMailer } from '../../src/mail/communication.ts';
import type { Mailer, Notice } from '../../src/ports/alerts.ts';
import { memoryTable } from '../support/memoryTable.ts';
import { newHead, portsOver } from '../support/world.ts';
import { drive } from './drive.ts';
import { median, spread, table } from './figures.ts';
import { counted, nothingSeen } from './sweep/tables.ts';
import type { Tables } from './tables.ts';

const MAILS = 400;
const CLIENTS = 16;
const CYCLES = 5;
const VAULT = 'bench';
const SENDER = 'DoNotReply@reprieve.local';
const NOON: Instant = instantOf(Date.UTC(2026, 2, 1, 12));
const SETTINGS = { perRecipient: 1000, resourceGroup: null, portal: null } as const;

const FACTS = { workload: 'AzureVM', hybrid: false, by: 'somebody', tenant: 'bench', points: 30, retentionDays: 14 };
const anAlert = (item: string) => alert('PurgeComplete', { vault: VAULT, item, generation: 1 }, NOON, FACTS);

const inMemory = (): Tables => ({ vaults: memoryTable(), agenda: memoryTable(), registry: memoryTable() });

/** A vault with so many recipients, and what tells its alerts; the queue only counts. */
async function office(
  tables: Tables,
  mailer: Mailer,
  recipients: number,
  mode: 'PerAlert' | 'HourlyDigest' = 'PerAlert',
) {
  const sent: Notice[] = [];
  const ports = portsOver(tables, {
    notices: { send: async (notice: Notice) => void sent.push(notice) },
    mailer,
    newId: () => crypto.randomUUID(),
  });
  const people = Array.from({ length: recipients }, (_, index) => `ops-${index}@example.com`);
  const settings = newSettings('RecoveryServices');
  const vault: Vault = {
    ...settings,
    alerts: { ...settings.alerts, recipients: people, mode },
    ...{
      name: VAULT,
      id: VAULT,
      kind: 'RecoveryServices',
      extensions: [],
      version: 1,
      guard: null,
      silences: [],
      pendingChanges: [],
      deletion: null,
      etag: 'v',
    },
  };
  await ports.commit(newHead(vault));
  return { ports, sent };
}

type Office = Awaited<ReturnType<typeof office>>;

/** As verbs do it. The message that brings the notice does not count. */
async function raise({ ports, sent }: Office, items: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const item of items) {
    const landed = await landAlerts(ports, NOON, [{ was: undefined, now: anAlert(item) }]);
    await landed.told();
    ids.push(...(landed.written?.change?.alerts ?? []).map(({ now }) => now.id));
  }
  sent.length = 0;
  return ids;
}

async function tell({ ports }: Office, alerts: readonly string[], perMinute?: number): Promise<void> {
  const untold = await notify(ports, { ...SETTINGS, perMinute }, { vault: VAULT, alerts }, NOON);
  if (untold) throw new Error(untold.why);
}

const names = (count: number, prefix = 'vm') => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

/** Mails a second: the flow over tables in memory, and bare sends of the same letters by the same SDK. */
async function race(say: (line: string) => void) {
  const mail = await startMail(0);
  const options = { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } };
  const client = new EmailClient(mail.connectionString, options);
  const nobody = (): never => {
    throw new Error('there is a key');
  };
  const mailer = communicationMailer({ sender: SENDER, connectionString: mail.connectionString }, nobody);
  const ours: number[] = [];
  const bare: number[] = [];
  const asked: number[] = [];
  const context = { as: 'recipient', now: NOON, members: [], reminded: [], resourceGroup: null, portal: null } as const;
  const text = letter({ ...context, alert: anAlert('vm-0') });
  const content = { subject: text.subject, plainText: text.text, html: text.html };
  const message = { senderAddress: SENDER, recipients: { to: [{ address: 'a@example.com' }] }, content };
  const perSecond = async (work: readonly (() => Promise<unknown>)[]) => {
    const began = performance.now();
    await drive(work, CLIENTS);
    return (MAILS * 1000) / (performance.now() - began);
  };
  try {
    for (let cycle = 0; cycle <= CYCLES; cycle += 1) {
      const world = await office(inMemory(), mailer, 1);
      // each cycle has names of its own: what the stand-in took once it does not take again
      const ids = await raise(world, names(MAILS, `vm-${cycle}`));
      await fetch(`${mail.origin}/inbox`, { method: 'DELETE' });
      const flow = await perSecond(ids.map((id) => () => tell(world, [id])));
      const polled = await perSecond(
        ids.map(() => () => client.beginSend(message, { operationId: crypto.randomUUID() })),
      );
      say(`cycle ${cycle}: ${flow.toFixed(0)} and ${polled.toFixed(0)} a second`);
      if (cycle === 0) continue;
      ours.push(flow);
      bare.push(polled);
      asked.push(flow / polled);
    }
  } finally {
    await mail.stop();
  }
  return { ours, bare, ratios: asked };
}

const taken: Mailer = { send: async () => ({ sent: true }) };
const refusing: Mailer = {
  send: async () => ({ sent: false, permanent: false, retryAfterSeconds: undefined, code: 'Busy', reason: 'busy' }),
};

interface Ready {
  readonly sent: readonly Notice[];
  readonly tell: () => Promise<void>;
}

interface Case {
  readonly name: string;
  readonly mails: number;
  readonly ready: (tables: Tables) => Promise<Ready>;
  readonly ceiling: string;
}

const oneNotice =
  (alerts: number, recipients: number, mailer = taken, perMinute?: number) =>
  async (tables: Tables): Promise<Ready> => {
    const world = await office(tables, mailer, recipients);
    const ids = await raise(world, names(alerts));
    return { sent: world.sent, tell: () => tell(world, ids, perMinute) };
  };

const CASES: readonly Case[] = [
  { name: 'one alert, one recipient', mails: 1, ready: oneNotice(1, 1), ceiling: '6' },
  { name: 'one alert, ten recipients', mails: 10, ready: oneNotice(1, 10), ceiling: '2' },
  { name: '25 alerts in one notice, one recipient', mails: 25, ready: oneNotice(25, 1), ceiling: '4' },
  { name: 'one alert, one recipient, `MAIL_PER_MINUTE`', mails: 1, ready: oneNotice(1, 1, taken, 100), ceiling: '8' },
  { name: 'a try that fails', mails: 1, ready: oneNotice(1, 1, refusing), ceiling: '7' },
];

async function countOne({ name, mails, ready, ceiling }: Case): Promise<readonly string[]> {
  const seen = nothingSeen();
  const world = await ready(counted(inMemory(), seen));
  const before = seen.requests;
  await world.tell();
  const requests = seen.requests - before;
  return [name, String(requests), (requests / mails).toFixed(1), (world.sent.length / mails).toFixed(1), ceiling];
}

export async function mail(say: (line: string) => void): Promise<string> {
  const counts: (readonly string[])[] = [];
  for (const one of CASES) counts.push(await countOne(one));
  const { ours, bare, ratios } = await race(say);
  const rate = (values: readonly number[]) => `${median(values).toFixed(0)} (${spread(values, 0)})`;
  const head = ['', 'table requests', 'a mail', 'queue sends a mail', 'ceiling, a mail'];
  return `## Mails

${MAILS} notices of one mail each, ${CLIENTS} at the same time, through the stand-in: recipients, letter, send and ledger over tables in memory. The
other side is bare sends of one letter by the same SDK, which asks once more for the state of each mail. Medians of ${CYCLES} cycles after a
first one that does not count.

${table(
  ['', 'a second', 'ceiling'],
  [
    ['notifications', rate(ours), ''],
    ['bare sends', rate(bare), ''],
    ['ratio', `**${median(ratios).toFixed(2)}** (${spread(ratios, 2)})`, '≥ 0.7'],
  ],
)}

The requests to storage are counts, without the message that brings the notice. All recipients of an alert share the requests for the vault's
settings, the alert and the ledger.

${table(head, counts)}
`;
}
