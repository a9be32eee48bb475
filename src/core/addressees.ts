/** Who is told of an alert, as its transaction finds vault and operators. What changes later changes nothing about it. */
import { type Alert, digestOf, type Notification } from './alerts.ts';
import { kindOf } from './alertTypes.ts';
import { sameName } from './names.ts';
import { later } from './time.ts';
import type { AlertSettings, Silence, Vault } from './vault.ts';

/** What decides who is told. */
export interface Circumstances {
  /** The vault as the transaction leaves it; undefined: there is none, or the alert is about the service. */
  readonly vault: Pick<Vault, 'id' | 'alerts' | 'silences'> | undefined;
  readonly operators: readonly string[];
  /** A control is weakened: those who were to be told before the change are told too, at once, and nothing silences it. */
  readonly told?: readonly AlertSettings[] | undefined;
  /** The contacts of a guard. */
  readonly contacts?: readonly string[] | undefined;
}

export interface Addressed {
  readonly recipient: string;
  readonly as: Notification['as'];
  readonly silenced: boolean;
}

/** Who is mailed about an alert, each address once. Where the vault names nobody, the operators are told. */
export function addressees(
  alert: Alert,
  { vault, operators, told, contacts = [] }: Circumstances,
): readonly Addressed[] {
  if (alert.type === 'Welcome') return onceEach(welcomed(alert, vault?.alerts));
  const all = [...(vault ? [vault.alerts] : []), ...(told ?? [])];
  const owners = told || kindOf(alert.type).owners ? all.flatMap((settings) => settings.owners) : [];
  const recipients = all.flatMap((settings) => settings.recipients);
  const nobody = owners.length + recipients.length + contacts.length === 0;
  const silences = told ? [] : (vault?.silences ?? []).filter((silence) => covers(silence, alert));
  const as = (one: Notification['as'], addresses: readonly string[]) =>
    addresses.map((recipient) => ({ recipient, as: one, silenced: silences.length > 0 && maySilence(alert, one) }));
  return onceEach([
    ...as('owner', owners),
    ...as('recipient', recipients),
    ...as('contact', contacts),
    ...as('operator', told || nobody ? operators : []),
  ]);
}

const onceEach = (all: readonly Addressed[]): readonly Addressed[] =>
  all.filter((one, index) => all.findIndex(({ recipient }) => sameName(recipient, one.recipient)) === index);

/** A welcome goes to the addresses that are new. */
function welcomed({ facts }: Alert, settings: AlertSettings | undefined): readonly Addressed[] {
  const named = facts['recipients'];
  const isRecipient = (address: string) => settings?.recipients.some((one) => sameName(one, address)) ?? false;
  return (Array.isArray(named) ? named : []).map((recipient: string) => ({
    recipient,
    as: isRecipient(recipient) ? 'recipient' : 'owner',
    silenced: false,
  }));
}

/** A silence may begin in the past, and still reaches back to nothing. */
const covers = ({ from, since, until, types, items }: Silence, alert: Alert): boolean =>
  later(from, since) <= alert.firedAt &&
  alert.firedAt < until &&
  (types?.includes(alert.type) ?? true) &&
  (items?.some((item) => sameName(item, alert.item)) ?? true);

/** Security is never silenced, and no silence keeps the deletion of a hybrid item from the owners. */
const maySilence = ({ type, facts }: Alert, as: Notification['as']): boolean => {
  const { silenceable } = kindOf(type);
  if (silenceable === 'unlessHybridToOwners') return !(as === 'owner' && facts['hybrid'] === true);
  return silenceable === true;
};

/** The digest in which an alert is told; undefined: it is told at once. */
export function digestFor(alert: Alert, { vault, told }: Circumstances): string | undefined {
  const { urgent, unlisted } = kindOf(alert.type);
  return vault?.alerts.mode === 'HourlyDigest' && !told && !urgent && !unlisted ? digestOf(alert) : undefined;
}
