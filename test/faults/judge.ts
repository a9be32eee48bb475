/** Looks at a store past the app and past the proxy: is it sound, what does its history tell, who was told. */
import { QueueClient } from '@azure/storage-queue';
import { factIn, isTold } from '../../src/core/alerts.ts';
import { instantOf } from '../../src/core/time.ts';
import { NOTIFICATIONS, URGENT } from '../../src/store/azure.ts';
import { read } from '../../src/store/rows.ts';
import type { Row } from '../../src/store/table.ts';
import { scanAccount } from '../../tools/check/scan.ts';
import type { Scan } from '../../tools/check/terms.ts';
import { lastingFindings } from '../support/sound.ts';

/** Throws the findings of the store check, if there are any. */
export async function mustBeSound(connectionString: string, aheadSeconds = 0): Promise<void> {
  const now = instantOf(Date.now() + aheadSeconds * 1000);
  const findings = await lastingFindings(scanAccount(connectionString), now);
  if (findings.length > 0) throw new Error(findings.join('\n'));
}

/** What can be told of a store without naming times and ids: two runs of one flow tell the same. */
export interface Story {
  /** `vault/item operation from>to` and how often; refusals are told as `!code`. */
  readonly happened: ReadonlyMap<string, number>;
  /** `vault/item` → state. */
  readonly states: ReadonlyMap<string, string>;
  readonly alerts: ReadonlySet<string>;
  /** Those of them that wait for somebody to tell them. */
  readonly untold: ReadonlySet<string>;
  /** Entries about a purge that came before its time. */
  readonly early: readonly string[];
}

export const storyOf = (connectionString: string): Promise<Story> => storyIn(scanAccount(connectionString));

export async function storyIn(scan: Scan): Promise<Story> {
  const happened = new Map<string, number>();
  const states = new Map<string, string>();
  const alerts = new Set<string>();
  const untold = new Set<string>();
  const early: string[] = [];
  for await (const { row } of scan('vaults')) {
    const [vault = '', kind, name = '', ...rest] = row.key.split('!');
    if (kind === 'item') states.set(`${vault}/${name}`, read.remains(row).state);
    if (kind === 'job' || kind === 'page') states.set(`a ${kind} of ${vault}/${name}`, 'there');
    if (kind === 'alert') {
      const id = [name, ...rest].join('!');
      alerts.add(id);
      if (!isTold(read.alert(row))) untold.add(id);
    }
    if (kind !== 'audit') continue;
    const line = `${vault}/${name} ${lineOf(row)}`;
    happened.set(line, (happened.get(line) ?? 0) + 1);
    if (isEarly(row)) early.push(line);
  }
  return { happened, states, alerts, untold, early };
}

function lineOf(row: Row): string {
  const { operation, from, to, code } = read.entry(row);
  return code === null ? `${operation} ${from}>${to}` : `${operation} !${code}`;
}

function isEarly(row: Row): boolean {
  const { operation, at, facts } = read.entry(row);
  return operation === 'Purge' && Date.parse(String(facts['purgeAt'])) > at.toMillis();
}

const QUEUES = [URGENT, NOTIFICATIONS];

/** The ids of all alerts that somebody was told of, by the queues that those read who tell. */
export async function toldAlerts(connectionString: string): Promise<ReadonlySet<string>> {
  const ids = await Promise.all(QUEUES.map((name) => idsIn(new QueueClient(connectionString, name))));
  return new Set(ids.flatMap((some) => [...some]));
}

async function idsIn(queue: QueueClient): Promise<ReadonlySet<string>> {
  const told = new Set<string>();
  if (!(await queue.exists())) return told;
  for (;;) {
    const { receivedMessageItems: items } = await queue.receiveMessages({
      numberOfMessages: 32,
      visibilityTimeout: 3600,
    });
    if (items.length === 0) return told;
    for (const { messageText } of items)
      for (const id of JSON.parse(Buffer.from(messageText, 'base64').toString()).alerts ?? [])
        told.add(String(id).toLowerCase());
  }
}

/** Messages in the queues of those who tell, those that somebody has taken among them. */
export async function messagesIn(connectionString: string): Promise<number> {
  const counts = QUEUES.map(async (name) => {
    const queue = new QueueClient(connectionString, name);
    return (await queue.exists()) ? ((await queue.getProperties()).approximateMessagesCount ?? 0) : 0;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** What must hold after any trouble: nothing early, nothing refused, and whoever has to be told of an alert was told. */
export async function mustBeHonest(connectionString: string, { happened, untold, early }: Story): Promise<void> {
  if (early.length > 0) throw new Error(`purged before its time: ${early.join('; ')}`);
  const refused = [...happened.keys()].filter((line) => line.includes(' !'));
  if (refused.length > 0) throw new Error(`somebody was refused: ${refused.join('; ')}`);
  const told = await toldAlerts(connectionString);
  const silent = [...untold].filter((id) => !told.has(id));
  if (silent.length > 0) throw new Error(`nobody was told of ${silent.join('; ')}`);
}

/** A sweep that breaks off answers who asked, and leaves no line of its own: what it did stands with the items. */
const isOfSweep = (line: string): boolean => line.startsWith('~service/~ Sweep ');

/** An order is called after the change that made it, in every run after another. */
const withoutOrder = (fact: string): string => fact.replace(/^(.*~purgeunconfirmed\w*~\d+)-.*-(\d+)$/i, '$1-$2');

/** What two stories differ in, in words; empty when they tell the same. */
export function differences(expected: Story, actual: Story): readonly string[] {
  const lines = (story: Story) => [
    ...[...story.happened].filter(([line]) => !isOfSweep(line)).map(([line, times]) => `${times} × ${line}`),
    ...[...story.states].map(([item, state]) => `${item} is ${state}`),
    ...[...story.alerts].map((id) => `alert ${withoutOrder(factIn(id))}`),
  ];
  const [before, after] = [new Set(lines(expected)), new Set(lines(actual))];
  return [
    ...[...before].filter((line) => !after.has(line)).map((line) => `missing: ${line}`),
    ...[...after].filter((line) => !before.has(line)).map((line) => `unexpected: ${line}`),
  ];
}
