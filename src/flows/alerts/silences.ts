import { oneMore } from '../../core/limits.ts';
import { keyOf, named } from '../../core/names.ts';
import { invalid, type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import { addDays, type Instant, iso } from '../../core/time.ts';
import { MAX_SILENCE_DAYS, type Silence, type Vault } from '../../core/vault.ts';
import type { VaultReads } from '../../ports.ts';
import { proofs, unproved, weakenedBy, weakeningAlerts, weakeningFacts } from '../authorize/weakening.ts';
import { onVault } from '../story/nouns.ts';
import { cut, type Listed, type Page } from '../story/pages.ts';
import { type Created, unchanged } from '../story/plan.ts';
import { noVault, stale } from '../story/request.ts';

export interface SilenceAsk extends Pick<Silence, 'from' | 'until' | 'types' | 'items' | 'reason'> {
  readonly name: string;
}

export type SilenceResult = Created<{ readonly silence: Silence }>;

const noSilence = (vault: string, silence: string): Refused =>
  refuse('SilenceNotFound', `Vault ${vault} has no silence ${silence}, or it is over.`);

/** What is over silences nothing any more, and is shown no longer. It leaves the vault's row with the next change. */
const living = ({ silences }: Vault, now: Instant): readonly Silence[] => silences.filter(({ until }) => until > now);

async function silencesOf({ vaults }: VaultReads, vault: string, now: Instant): Promise<Outcome<readonly Silence[]>> {
  const head = await vaults.head(vault, 'fresh');
  return head ? ok(living(head.vault, now)) : noVault(vault);
}

export async function listSilences(
  reads: VaultReads,
  now: Instant,
  vault: string,
  page: Page,
): Promise<Outcome<Listed<Silence>>> {
  const silences = await silencesOf(reads, vault, now);
  return silences.ok ? ok(cut(silences.value, ({ name }) => keyOf(name), page)) : silences;
}

export async function getSilence(
  reads: VaultReads,
  vault: string,
  name: string,
  now: Instant,
): Promise<Outcome<Silence>> {
  const silences = await silencesOf(reads, vault, now);
  if (!silences.ok) return silences;
  const found = named(silences.value, name);
  return found ? ok(found) : noSilence(vault, name);
}

/** For a while no mail about some things, or about anything: the alerts exist all the same. */
export const putSilence = onVault<SilenceAsk, SilenceResult>()({
  operation: 'PutSilence',
  etagIsOfPart: true,
  also: proofs,
  decide({ head: { vault }, ...shown }, ask, request) {
    const { now, id, caller } = request;
    const silences = living(vault, now);
    const before = named(silences, ask.name);
    const refused = stale(request, before) ?? forbiddenSpan(ask, now);
    if (refused) return refused;
    if (before && essence(before) === essence(ask)) return unchanged({ silence: before, created: false });
    const others = silences.filter((silence) => silence !== before);
    const full = oneMore(
      'silences',
      others.map((silence) => silence.until),
    );
    if (full) return full;
    const { from, until, types, items, reason } = ask;
    const name = before?.name ?? ask.name;
    const silence: Silence = { name, from, since: now, until, types, items, reason, by: caller.oid, etag: id };
    const weakened = weakenedBy(request, 'silence', before ?? null, silence);
    return (
      unproved(weakened, shown) ?? {
        vault: withSilences(vault, [...others, silence]),
        alerts: weakeningAlerts(request, weakened, { before: vault, approval: shown.approval }),
        facts: { silence: name, from: iso(from), until: iso(until), types, items, reason, ...weakeningFacts(weakened) },
        answer: { silence, created: before === undefined },
      }
    );
  },
});

export const removeSilence = onVault<Pick<SilenceAsk, 'name'>, null>()({
  operation: 'RemoveSilence',
  etagIsOfPart: true,
  decide({ head: { vault } }, { name }, request) {
    const silences = living(vault, request.now);
    const silence = named(silences, name);
    if (!silence) return noSilence(vault.name, name);
    const others = silences.filter((one) => one !== silence);
    return (
      stale(request, silence) ?? {
        vault: withSilences(vault, others),
        facts: { silence: silence.name },
        answer: null,
      }
    );
  },
});

/** The vault's own etag stays: its settings are what they were. */
const withSilences = (vault: Vault, silences: readonly Silence[]): Vault => ({
  ...vault,
  silences: silences.toSorted((a, b) => (keyOf(a.name) < keyOf(b.name) ? -1 : 1)),
});

function forbiddenSpan({ from, until }: SilenceAsk, now: Instant): Refused | undefined {
  if (until <= from) return invalid('$.until', 'A silence ends after it begins.');
  if (until > addDays(from, MAX_SILENCE_DAYS))
    return invalid('$.until', `A silence lasts ${MAX_SILENCE_DAYS} days at most.`);
  if (until <= now) return invalid('$.until', 'A silence ends in the future: what is over silences nothing.');
  return undefined;
}

const essence = ({ from, until, types, items, reason }: Omit<SilenceAsk, 'name'>): string =>
  JSON.stringify([iso(from), iso(until), types, items, reason]);
