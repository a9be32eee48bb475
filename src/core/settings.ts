import { oneMore } from './limits.ts';
import { type Complaint, type Outcome, ok, type Refused, refuse } from './problems.ts';
import { merged, NO_PURGE, parametersFault } from './purgeSettings.ts';
import { extensionEnd, livingExtensions } from './retention.ts';
import type { Instant } from './time.ts';
import { newSettings, type Settings, type SwitchState, type Vault } from './vault.ts';
import type { VaultKind } from './workloads.ts';

type Nullable<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

/** A change of settings: any part of them. null sets the default. */
export interface SettingsPatch {
  readonly kind?: VaultKind | undefined;
  readonly softDelete?: Nullable<Settings['softDelete']> | null | undefined;
  readonly hybrid?:
    | (Nullable<NonNullable<Settings['hybrid']>> & {
        readonly mfaRequired?: boolean | undefined;
        readonly alertsEnabled?: boolean | undefined;
      })
    | null
    | undefined;
  readonly immutability?: Settings['immutability'] | null | undefined;
  readonly alerts?: Nullable<Settings['alerts']> | null | undefined;
  readonly coolingOffHours?: number | null | undefined;
  readonly purge?: Nullable<Settings['purge']> | null | undefined;
  readonly confirmAlwaysOn?: boolean | undefined;
}

/** Replaces the given parts. null restores the default, and absent parts stay. */
function overlay<T extends object>(current: T, given: Nullable<T> | null | undefined, defaults: T): T {
  if (given === null) return defaults;
  if (given === undefined) return current;
  const result = { ...current };
  for (const key of Object.keys(defaults) as (keyof T)[]) {
    const value = given[key];
    if (value !== undefined) result[key] = value === null ? defaults[key] : value;
  }
  return result;
}

const wrong = (target: string, message: string): Refused =>
  refuse('InvalidRequest', message, {
    target,
    details: [{ code: 'InvalidRequest', message, target }] satisfies Complaint[],
  });

function hybridAfter(
  before: Settings,
  patch: SettingsPatch,
  kind: VaultKind,
  softDelete: SwitchState,
): Outcome<Settings['hybrid']> {
  const defaults = newSettings(kind).hybrid;
  const given = patch.hybrid;
  if (defaults === null || before.hybrid === null) {
    if (given)
      return wrong(
        '$.hybrid',
        'A Backup vault holds no on-premises backups, so it has no hybrid settings. Leave "hybrid" out.',
      );
    return ok(null);
  }
  const asked = overlay(
    before.hybrid,
    given && { state: given.state, portalDeleteUnderAlwaysOn: given.portalDeleteUnderAlwaysOn },
    defaults,
  );
  const irreversible = before.hybrid.state === 'AlwaysOn';
  if (irreversible && asked.state !== 'AlwaysOn') return alwaysOn();
  if (softDelete === 'AlwaysOn' && given?.state != null && given.state !== 'AlwaysOn')
    return wrong(
      '$.hybrid.state',
      'AlwaysOn applies to cloud and hybrid workloads alike. Leave hybrid.state out, or set it to AlwaysOn.',
    );
  if (softDelete !== 'AlwaysOn' && asked.state === 'AlwaysOn')
    return wrong(
      '$.hybrid.state',
      'hybrid.state becomes AlwaysOn only together with softDelete.state. Set softDelete.state to AlwaysOn.',
    );
  const hybrid = softDelete === 'AlwaysOn' ? { ...asked, state: 'AlwaysOn' as const } : asked;
  const on = hybrid.state !== 'Disabled';
  for (const name of ['mfaRequired', 'alertsEnabled'] as const)
    if (given?.[name] !== undefined && given[name] !== on)
      return wrong(
        `$.hybrid.${name}`,
        `${name} follows hybrid.state and cannot be set alone: soft delete, second factor and alerts of hybrid workloads are one switch.`,
      );
  return ok(hybrid);
}

const alwaysOn = (): Refused =>
  refuse(
    'AlwaysOnIrreversible',
    'Soft delete of this vault is AlwaysOn. Nobody can turn it off, neither for cloud nor for hybrid workloads.',
  );

function purgeAfter({ purge: before }: Settings, { purge: given }: SettingsPatch): Outcome<Settings['purge']> {
  const parameters = given?.parameters && merged(before.parameters, given.parameters);
  const fault = parameters && parametersFault(parameters);
  if (fault) return wrong('$.purge.parameters', `With what was there before, $.purge.parameters ${fault}.`);
  return ok(overlay(before, given && { ...given, ...(parameters ? { parameters } : {}) }, NO_PURGE));
}

/** The settings after a change, or why the change is refused. */
export function settingsAfter(before: Settings, patch: SettingsPatch, kind: VaultKind): Outcome<Settings> {
  const defaults = newSettings(kind);
  const softDelete = overlay(before.softDelete, patch.softDelete, defaults.softDelete);
  const irreversible = before.softDelete.state === 'AlwaysOn';
  if (irreversible && softDelete.state !== 'AlwaysOn') return alwaysOn();
  if (softDelete.state === 'AlwaysOn' && !irreversible && patch.confirmAlwaysOn !== true)
    return refuse(
      'ConfirmationRequired',
      'AlwaysOn can never be turned off again. Send "confirmAlwaysOn": true in the same body if that is what you want.',
      { target: '$.confirmAlwaysOn' },
    );
  const hybrid = hybridAfter(before, patch, kind, softDelete.state);
  if (!hybrid.ok) return hybrid;
  const immutability =
    patch.immutability === undefined ? before.immutability : (patch.immutability ?? defaults.immutability);
  if (before.immutability === 'Locked' && immutability !== 'Locked')
    return refuse('ImmutabilityLocked', 'Immutability of this vault is locked. Nobody can unlock or disable it.');
  const alerts = overlay(before.alerts, patch.alerts, defaults.alerts);
  const coolingOffHours =
    patch.coolingOffHours === undefined ? before.coolingOffHours : (patch.coolingOffHours ?? defaults.coolingOffHours);
  const purge = purgeAfter(before, patch);
  if (!purge.ok) return purge;
  return ok({ softDelete, hybrid: hybrid.value, immutability, alerts, coolingOffHours, purge: purge.value });
}

/** The vault after a change of its settings. A longer period reaches all items in the trash, or only later deletions. */
export function reconfigured(vault: Vault, settings: Settings, now: Instant, etag: string): Outcome<Vault> {
  const { retentionDays, retentionScope } = settings.softDelete;
  const version = vault.version + 1;
  const living = livingExtensions(vault.extensions, now);
  const extends_ = retentionScope === 'ExtendExisting' && retentionDays > vault.softDelete.retentionDays;
  const full = extends_ ? oneMore('extensions', living.map(extensionEnd)) : undefined;
  if (full) return full;
  const extensions = extends_ ? [...living, { at: now, days: retentionDays, version }] : living;
  return ok({ ...vault, ...settings, extensions, version, etag });
}

export const needsFactor = (code: 'StepUpRequired' | 'SecurityPinRequired'): Refused =>
  refuse(
    code,
    code === 'StepUpRequired'
      ? 'This operation is critical. Sign in again with a second factor, then repeat it.'
      : 'This operation is critical, and an app-only token has no second factor. Send a security PIN.',
  );
