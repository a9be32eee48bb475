import type { Facts } from '../../core/caller.ts';
import type { GuardSettings } from '../../core/guards.ts';
import type { AlertSettings } from '../../core/vault.ts';

type Contacts = Pick<GuardSettings, 'contacts'>;

/** Somebody who is told at once, whatever their vaults say about mails. */
export const tellThem = (recipients: readonly string[], owners: readonly string[] = []): AlertSettings => ({
  ...{ recipients, owners },
  ...{ mode: 'PerAlert', onHardDelete: true },
});

/** Who is written to about guards: as a fact of the alert, and as those who are told of it. */
export function contactsOf(...guards: readonly (Contacts | undefined | null)[]): {
  readonly facts: Facts;
  readonly told: readonly AlertSettings[];
} {
  const contacts = [...new Set(guards.flatMap((guard) => guard?.contacts ?? []))];
  return contacts.length > 0 ? { facts: { contacts }, told: [tellThem(contacts)] } : { facts: {}, told: [] };
}
