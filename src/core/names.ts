export const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** One rule for the names of vaults, items, policies, servers, recovery points and holds. */
export const isName = (text: string): boolean => text.length <= 63 && NAME.test(text);

/** The id of an alert, as `alertId` and `idInVault` make it: vault~item~type~occurrence.id. Vault and item may be empty, the id of the vault absent. */
const ALERT_ID = /^([^~]*)~([^~]*)~[A-Za-z]{1,40}~[A-Za-z0-9._-]{1,100}$/;

export function isAlertId(text: string): boolean {
  const [, vault = '', item = ''] = text.length <= 300 ? (ALERT_ID.exec(text) ?? [text, '-']) : [text, '-'];
  return (vault === '' || isName(vault)) && (item === '' || isName(item));
}

/** Names are compared without regard to case. They are shown as they were first written. */
export const keyOf = (name: string): string => name.toLowerCase();

export const sameName = (a: string | null | undefined, b: string | null | undefined): boolean =>
  a != null && b != null && keyOf(a) === keyOf(b);

/** The one of that name. */
export const named = <T extends { readonly name: string }>(all: readonly T[], name: string): T | undefined =>
  all.find((one) => sameName(one.name, name));
