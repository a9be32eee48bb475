/** A vault whose people have addresses of their own, the inbox of the mail stand-in, and when all that is due has been told. */

import { isTold } from '../../../src/core/alerts.ts';
import { tableAlerts } from '../../../src/store/alerts.ts';
import { call } from '../../support/call.ts';
import { aVault, type Estate, ok, type VaultKind } from '../../support/estate.ts';
import { eventually } from '../../support/eventually.ts';
import type { Service } from '../../support/launch.ts';
import { DEAF } from '../../support/stores.ts';
import { type Sweeping, sweepingOf, tablesAt, type Where } from './sweeping.ts';

export interface Letter {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly operationId: string;
}

export interface MailingVault extends Estate {
  readonly ops: string;
  readonly owner: string;
  /** What arrived, oldest first, as `type of alert → who`: `DeleteBackupData ops`. Welcomes are left out. */
  told(): Promise<readonly string[]>;
  /** The mails about this vault, oldest first, welcomes left out. */
  mails(): Promise<readonly Letter[]>;
  /** Until every alert of the vault is told to everyone, or is known not to be. */
  settled(): Promise<void>;
  alerts(): Promise<readonly RaisedAlert[]>;
}

type RaisedAlert = Awaited<ReturnType<ReturnType<typeof tableAlerts>['list']>>['found'][number];

const untold = (alert: RaisedAlert): readonly string[] =>
  isTold(alert) ? [] : [`${alert.id} ${JSON.stringify(alert.notifications)}`];

let made = 0;

export interface Mailing extends Sweeping {
  vault(wish?: { kind?: VaultKind; alerts?: object; settings?: object }): Promise<MailingVault>;
  faults(faults: object): Promise<void>;
}

export function mailingOf(service: Where & Pick<Service, 'mail' | 'token'>): Mailing {
  const alerts = tableAlerts(tablesAt(service).vaults, DEAF);
  /** What guards do lies beside all vaults, and says which one it is about. */
  const everything = async (vault: string) => [
    ...(await alerts.list(null, { limit: 1000 })).found.filter(({ facts }) => facts['vault'] === vault),
    ...(await alerts.list(vault, { limit: 1000 })).found,
  ];
  const inbox = async (to: string): Promise<readonly Letter[]> =>
    ok(await call<{ value: readonly Letter[] }>(service.mail, 'GET', `/inbox?to=${encodeURIComponent(to)}`)).value;

  return {
    ...sweepingOf(service),
    faults: async (faults) => void ok(await call(service.mail, 'PUT', '/faults', { body: faults })),
    vault: async ({ kind, alerts: wish = {}, settings = {} } = {}) => {
      made += 1;
      const [ops, owner] = [`ops-${made}@example.com`, `owner-${made}@example.com`];
      const people = { recipients: [ops], owners: [owner], ...wish };
      const vault = await aVault(service, { ...(kind ? { kind } : {}), settings: { ...settings, alerts: people } });
      const settled = () =>
        eventually(
          async () => (await everything(vault.name)).every(isTold),
          async () => (await everything(vault.name)).flatMap(untold).join('; '),
        );
      const mails = async () => {
        await settled();
        const both = [...(await inbox(ops)), ...(await inbox(owner))];
        return both.toReversed().filter(({ subject }) => !subject.includes('You will hear from this vault'));
      };
      const told = async () => {
        const found = await mails();
        const lines = (await everything(vault.name)).flatMap(({ type, notifications }) =>
          (notifications ?? []).flatMap(({ operationId, recipient }) =>
            found.filter((mail) => mail.operationId === operationId).map(() => `${type} ${recipient.split('-')[0]}`),
          ),
        );
        return lines.filter((line) => !line.startsWith('Welcome')).toSorted();
      };
      return { ...vault, ops, owner, settled, mails, told, alerts: () => everything(vault.name) };
    },
  };
}
