import { keyOf, sameName } from '../core/names.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import { MAX_SILENCE_DAYS, type Silence } from '../core/silence.ts';
import { addDays, type Instant, iso } from '../core/time.ts';
import type { HeldHead, Ports } from '../ports.ts';
import { type Asking, entry, type Happening, noVault, rounds, stale } from './asking.ts';

type SilencePorts = Pick<Ports, 'vaults' | 'newId'>;

export type SilenceAsk = Pick<Silence, 'from' | 'until' | 'types' | 'items' | 'reason'>;

export interface SilenceResult {
  readonly silence: Silence;
  readonly created: boolean;
}

const MOST_SILENCES = 50;

const noSilence = (vault: string, silence: string): Refused =>
  refuse('SilenceNotFound', `Vault ${vault} has no silence ${silence}, or it is over.`);

/** What is over silences nothing any more, and is shown no longer. It leaves the vault's row with the next change. */
const living = (silences: readonly Silence[], now: Instant): readonly Silence[] =>
  silences.filter(({ until }) => until > now);

export async function silencesOf(
  { vaults }: Pick<Ports, 'vaults'>,
  vault: string,
  now: Instant,
): Promise<Outcome<readonly Silence[]>> {
  const head = await vaults.head(vault, 'fresh');
  return head ? ok(living(head.vault.silences, now)) : noVault(vault);
}

export async function getSilence(
  ports: Pick<Ports, 'vaults'>,
  vault: string,
  name: string,
  now: Instant,
): Promise<Outcome<Silence>> {
  const silences = await silencesOf(ports, vault, now);
  if (!silences.ok) return silences;
  const found = silences.value.find((silence) => sameName(silence.name, name));
  return found ? ok(found) : noSilence(vault, name);
}

/** For a while no mail about some things, or about anything: the alerts exist all the same. */
export const putSilence = (
  ports: SilencePorts,
  asking: Asking<SilenceResult>,
  vault: string,
  name: string,
  ask: SilenceAsk,
): Promise<Outcome<SilenceResult>> =>
  rounds<SilenceResult>(async () => {
    const head = await ports.vaults.head(vault, 'fresh');
    if (!head) return noVault(vault);
    const silences = living(head.vault.silences, asking.now);
    const before = silences.find((silence) => sameName(silence.name, name));
    const refused = stale(asking, before) ?? forbiddenSpan(ask, asking.now);
    if (refused) return refused;
    if (before && same(before, ask)) return ok({ silence: before, created: false });
    const others = silences.filter((silence) => silence !== before);
    if (others.length >= MOST_SILENCES)
      return refuse('LimitReached', `A vault can have ${MOST_SILENCES} silences at most. Remove one first.`);
    const id = ports.newId();
    const silence: Silence = { name: before?.name ?? name, ...ask, by: asking.caller.oid, etag: id };
    const result = { silence, created: before === undefined };
    const { from, until, types, items, reason } = ask;
    const facts = { silence: silence.name, from: iso(from), until: iso(until), types, items, reason };
    const told = { operation: 'PutSilence', facts };
    const done = await write(ports, asking, head, { id, silences: [...others, silence], told, result });
    return done ? ok(result) : 'again';
  });

export const removeSilence = (
  ports: SilencePorts,
  asking: Asking<null>,
  vault: string,
  name: string,
): Promise<Outcome<null>> =>
  rounds<null>(async () => {
    const head = await ports.vaults.head(vault, 'fresh');
    if (!head) return noVault(vault);
    const silences = living(head.vault.silences, asking.now);
    const silence = silences.find((one) => sameName(one.name, name));
    if (!silence) return noSilence(head.vault.name, name);
    const precondition = stale(asking, silence);
    if (precondition) return precondition;
    const others = silences.filter((one) => one !== silence);
    const told = { operation: 'RemoveSilence', facts: { silence: silence.name } };
    const done = await write(ports, asking, head, { id: ports.newId(), silences: others, told, result: null });
    return done ? ok(null) : 'again';
  });

interface Writing<R> {
  readonly id: string;
  readonly silences: readonly Silence[];
  readonly told: Happening;
  readonly result: R;
}

/** The vault's own etag stays: its settings are what they were. */
const write = <R>(
  { vaults }: SilencePorts,
  asking: Asking<R>,
  was: HeldHead,
  { id, silences, told, result }: Writing<R>,
): Promise<boolean> =>
  vaults.changeHead({
    was,
    vault: { ...was.vault, silences: silences.toSorted((a, b) => (keyOf(a.name) < keyOf(b.name) ? -1 : 1)) },
    id,
    entry: entry(asking, null, told),
    answer: asking.keep?.(result),
  });

function forbiddenSpan({ from, until }: SilenceAsk, now: Instant): Refused | undefined {
  const said = (message: string) => refuse('InvalidRequest', message, { target: '$.until' });
  if (until <= from) return said('A silence ends after it begins.');
  if (until > addDays(from, MAX_SILENCE_DAYS)) return said(`A silence lasts ${MAX_SILENCE_DAYS} days at most.`);
  if (until <= now) return said('A silence ends in the future: what is over silences nothing.');
  return undefined;
}

const essence = ({ from, until, types, items, reason }: SilenceAsk): string =>
  JSON.stringify([iso(from), iso(until), types, items, reason]);
const same = (before: SilenceAsk, ask: SilenceAsk): boolean => essence(before) === essence(ask);
