/** PURE. A kind as a caller asks for it: what it becomes, or why not. */

import { type BuiltInSettings, KIND_DAYS, type KindSettings, type OwnKind, type StoredKind } from './kinds.ts';
import { invalid, type Outcome, ok, type Refused, refuse } from './problems.ts';
import { merged, type Parameters, parametersFault } from './purgeSettings.ts';

/** What can be given of a kind. Absent: it stays, or, of a new kind, is the default. null: the default. */
export type KindPatch = { readonly [M in keyof Members]?: Members[M] | null | undefined };
type Members = Omit<OwnKind, 'name' | 'etag'>;

const CHANGEABLE = [
  'minimumRetentionDays',
  'executor',
  'parameters',
] as const satisfies readonly (keyof KindSettings)[];
const NEVER = ['class', 'vaultKinds', 'represents', 'recoveryPoints'] as const satisfies readonly (keyof Members)[];

const NEW_SETTINGS: KindSettings = { minimumRetentionDays: KIND_DAYS.least, executor: null, parameters: null };
const NEW: Omit<Members, 'title' | 'plural'> = {
  ...{ class: 'Cloud', vaultKinds: ['Generic'], represents: 'Original', recoveryPoints: false, active: true },
  ...NEW_SETTINGS,
};

/** A kind of your own, after a change or as it is made. */
export function ownKindAfter(
  name: string,
  before: OwnKind | undefined,
  patch: KindPatch,
): Outcome<Omit<OwnKind, 'etag'>> {
  const defaults: Members = { ...NEW, ...titles(name, before, patch) };
  const given = Object.fromEntries(
    Object.entries(patch).flatMap(([member, value]) =>
      value === undefined ? [] : [[member, value ?? defaults[member as keyof Members]]],
    ),
  ) as Partial<Members>;
  const { name: _, etag: __, ...was } = before ?? { ...defaults, name, etag: '' };
  const parameters = parametersAfter(was.parameters, patch.parameters);
  if (!parameters.ok) return parameters;
  const wished = { ...was, ...given, parameters: parameters.value };
  const after = { name: before?.name ?? name, ...wished, vaultKinds: [...new Set(wished.vaultKinds)] };
  const changed = before && NEVER.find((member) => !isSame(before[member], after[member]));
  if (changed)
    return refuse('KindImmutable', `${changed} of the kind ${after.name} never changes. Make another kind for it.`, {
      target: `$.${changed}`,
    });
  return wrongPlace(after) ?? ok(after);
}

/** The name is the title, and a title with an "s" is the plural. */
function titles(name: string, before: OwnKind | undefined, patch: KindPatch): Pick<Members, 'title' | 'plural'> {
  const title = patch.title === undefined ? (before?.title ?? name) : (patch.title ?? name);
  return { title, plural: `${title}s` };
}

/** What backs up from on premises is kept in Recovery Services vaults only. */
const wrongPlace = ({ class: of, vaultKinds }: Pick<OwnKind, 'class' | 'vaultKinds'>): Refused | undefined =>
  of === 'Hybrid' && vaultKinds.some((kind) => kind !== 'RecoveryServices')
    ? invalid(
        '$.vaultKinds',
        'A hybrid kind is kept in RecoveryServices vaults only: send "vaultKinds":["RecoveryServices"].',
      )
    : undefined;

/** Of a built-in kind only that. */
export function builtInAfter(before: BuiltInSettings, patch: KindPatch): Outcome<Omit<BuiltInSettings, 'etag'>> {
  const other = Object.entries(patch).find(([member, value]) => value !== undefined && !isChangeable(member))?.[0];
  if (other !== undefined)
    return refuse('KindReserved', `${before.name} is built in: only ${CHANGEABLE.join(', ')} of it can be set.`, {
      target: `$.${other}`,
    });
  const parameters = parametersAfter(before.parameters, patch.parameters);
  if (!parameters.ok) return parameters;
  const orDefault = <M extends 'minimumRetentionDays' | 'executor'>(member: M): KindSettings[M] =>
    (patch[member] === undefined ? before[member] : (patch[member] ?? NEW_SETTINGS[member])) as KindSettings[M];
  return ok({
    name: before.name,
    minimumRetentionDays: orDefault('minimumRetentionDays'),
    executor: orDefault('executor'),
    parameters: parameters.value,
  });
}

const isChangeable = (member: string): boolean => (CHANGEABLE as readonly string[]).includes(member);

function parametersAfter(before: Parameters | null, given: Parameters | null | undefined): Outcome<Parameters | null> {
  if (given == null) return ok(given === null ? null : before);
  const parameters = merged(before, given);
  const fault = parametersFault(parameters);
  return fault === undefined
    ? ok(parameters)
    : invalid('$.parameters', `With what was there before, $.parameters ${fault}.`);
}

/** The order in which things are named says nothing. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
const sorted = (value: unknown): unknown => (Array.isArray(value) ? value.toSorted() : value);

/** All that was set of it, as one line of the history. */
export const saidOf = ({ name: _, etag: __, ...settings }: StoredKind): string => JSON.stringify(settings);
