/** Where an attack is played: a running service, people with tokens, an inbox, the storage behind it; and a record of what happened. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '../support/launch.ts';

/** Somebody with a token: roles, and whether the sign-in had a second factor. */
export interface Person {
  readonly sub: string;
  readonly roles: readonly string[];
  readonly mfa?: boolean;
  readonly appOnly?: boolean;
}

export const MALLORY: Person = { sub: 'mallory', roles: ['Contributor'] };
export const MALLORY_WITH_MFA: Person = { ...MALLORY, mfa: true };
export const OPERATIONS: Person = { sub: 'olivia', roles: ['Contributor'], mfa: true };
export const KEEPER: Person = { sub: 'karl', roles: ['GuardAdmin'], mfa: true };

export interface Attack {
  readonly title: string;
  /** As somebody would tell it to whom it happened. */
  readonly story: string;
  readonly play: (stage: Stage) => Promise<void>;
}

export interface Reply {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: Json;
}
export type Json = Readonly<Record<string, unknown>>;

interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** What must be true for the attack to have failed. */
export interface Claim {
  readonly says: string;
  readonly holds: boolean;
}

export interface Report {
  readonly claims: readonly Claim[];
  readonly refused: readonly string[];
  readonly told: readonly string[];
  readonly entries: readonly string[];
}

export type Stage = ReturnType<typeof stageOn>;

let made = 0;
const WAIT_MS = 60_000;

export function stageOn(service: Service) {
  const claims: Claim[] = [];
  const refused: string[] = [];
  const told: string[] = [];
  const entries: string[] = [];
  const since = Date.now();

  const ask = async (
    who: Person,
    method: string,
    path: string,
    body?: object,
    headers: object = {},
  ): Promise<Reply> => {
    const authorization = `Bearer ${await service.token(who)}`;
    const response = await fetch(`${service.api}/api/${path}`, {
      method,
      headers: { authorization, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    const answer = (text.startsWith('{') ? JSON.parse(text) : {}) as Json;
    const { code } = (answer['error'] ?? {}) as { readonly code?: string };
    if (response.status >= 400) refused.push(`${who.sub}: ${method} ${path} → ${response.status} ${code ?? ''}`.trim());
    return { status: response.status, code, body: answer };
  };
  /** What the story needs, and no part of the attack. */
  const given = async (who: Person, method: string, path: string, body?: object): Promise<Json> => {
    const reply = await ask(who, method, path, body);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const inbox = async (to: string): Promise<readonly Mail[]> => {
    const response = await fetch(`${service.mail}/inbox?to=${encodeURIComponent(to)}`);
    return ((await response.json()) as { readonly value: readonly Mail[] }).value;
  };

  return {
    service,
    ask,
    given,
    inbox,

    /** A vault of somebody else's, with the people who are to hear of it. */
    async vault(settings: object = {}) {
      made += 1;
      const name = `victim-${made}`;
      const [ops, owner] = [`ops-${made}@example.com`, `owner-${made}@example.com`];
      const alerts = { recipients: [ops], owners: [owner] };
      await given(OPERATIONS, 'PUT', `vaults/${name}`, { kind: 'RecoveryServices', alerts, ...settings });
      await given(OPERATIONS, 'PUT', `vaults/${name}/policies/daily`, {
        ...{ workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } },
      });
      return { name, path: `vaults/${name}`, ops, owner };
    },
    async item(path: string, name: string) {
      const item = `${path}/items/${name}`;
      const protect = { workload: 'AzureVM', policy: 'daily', sourceId: `/vm/${path}/${name}` };
      await given(OPERATIONS, 'PUT', item, protect);
      return item;
    },
    async guard(excludedOperations: readonly string[] = []) {
      made += 1;
      const name = `guard-${made}`;
      await given(KEEPER, 'PUT', `guards/${name}`, { excludedOperations, contacts: [`keepers-${made}@example.com`] });
      return { name, path: `guards/${name}`, contacts: `keepers-${made}@example.com` };
    },

    claim(says: string, holds: boolean) {
      claims.push({ says, holds });
    },
    /** Whether somebody gets a mail like that, from now on within a minute; how soon is on record. */
    async hears(to: string, subject: RegExp, wait = WAIT_MS): Promise<boolean> {
      const began = Date.now();
      for (;;) {
        const mail = (await inbox(to)).find((one) => subject.test(one.subject));
        const seconds = ((Date.now() - since) / 1000).toFixed(1);
        if (mail) told.push(`${to}: ${mail.subject} (${seconds} s after the story began)`);
        if (mail || Date.now() - began > wait) return mail !== undefined;
        await pause(50);
      }
    },
    /** Whether it stands in a history that holds; where is on record. */
    async stands(history: string, is: (entry: Json) => boolean): Promise<boolean> {
      const { body } = await ask({ ...OPERATIONS, sub: 'auditor', roles: ['Reader'] }, 'GET', `${history}?top=200`);
      const all = (body['value'] ?? []) as readonly Json[];
      const found = all.find(is);
      const { oid = '' } = (found?.['caller'] ?? {}) as { readonly oid?: string };
      if (found)
        entries.push(
          `${found['chain'] ?? history} ${found['seq'] ?? '?'}: ${found['operation']} ${found['code'] ?? found['outcome']}, by ${oid}`,
        );
      return found !== undefined && body['intact'] !== false;
    },
    /** Whether it comes to be true within a minute. */
    async comesTrue(is: () => Promise<boolean>): Promise<boolean> {
      for (const end = Date.now() + WAIT_MS; Date.now() < end; await pause(50)) if (await is()) return true;
      return false;
    },
    async now(): Promise<number> {
      const response = await fetch(`${service.api}/api/local/clock`);
      return Date.parse(((await response.json()) as { readonly now: string }).now);
    },
    /** Moves the service's clock on. */
    async pass(seconds: number): Promise<void> {
      const response = await fetch(`${service.api}/api/local/clock`);
      const { now } = (await response.json()) as { readonly now: string };
      const offset = (Date.parse(now) + seconds * 1000 - Date.now()) / 1000;
      const body = JSON.stringify({ offset: `PT${offset.toFixed(3)}S` });
      const headers = { 'content-type': 'application/json' };
      await fetch(`${service.api}/api/local/clock`, { method: 'PUT', headers, body });
    },
    sweep: () => ask(OPERATIONS, 'POST', 'sweeps', {}),
    report: (): Report => ({ claims, refused, told, entries }),
  };
}

/** By whom an entry is, and what it tells of. */
export const by =
  (who: Person, operation: RegExp) =>
  (entry: Json): boolean => {
    const { oid } = (entry['caller'] ?? {}) as { readonly oid?: string };
    return oid === who.sub && operation.test(String(entry['operation']));
  };
