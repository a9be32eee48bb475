import type { Hint } from '../../core/hints.ts';
import type { DueHint, Notice } from '../../ports.ts';
import { toTell } from '../notify/toTell.ts';
import { inParallel } from '../story/rounds.ts';
import type { Look } from './look.ts';
import { placeOf } from './report.ts';
import { type Run, reasonOf, setAside, strike } from './run.ts';

/** So many are told before their hints are struck off: a death among them has few told twice. */
const TOLD_TOGETHER = 16;
/** A message of the queue holds 64 KB, and an id takes some two hundred bytes. */
const IDS_TOGETHER = 100;

/** What has to be said about the subject of some hints, and when to look again; nothing where somebody has heard it all. */
interface Telling {
  readonly hints: readonly DueHint[];
  readonly notices: readonly Notice[];
  readonly again: readonly Hint[];
}

/** Tells once more what nobody was told yet, as far as its time has come. It rests on no decision, so it comes before all others. */
export async function retellAll(run: Run, looks: readonly Look[]): Promise<void> {
  const subjects = looks.flatMap(({ planned }) => {
    const tellings = planned.flatMap(({ hint, task }) => (task.task === 'retell' ? [hint] : []));
    return [...Map.groupBy(tellings, (hint) => `${hint.kind} ${placeOf(hint)}`).values()];
  });
  for (let at = 0; at < subjects.length && !run.outOfTime(); at += TOLD_TOGETHER) {
    const tellings = await inParallel(subjects.slice(at, at + TOLD_TOGETHER), (hints) => tellingOf(run, hints));
    const byVault = [...Map.groupBy(tellings.flat(), ({ hints }) => hints[0]?.vault).values()];
    await strike(run, (await inParallel(byVault, (ofVault) => tell(run, ofVault))).flat());
  }
}

/** Several hints about one subject are one look. None: it may still be on its way. */
async function tellingOf(run: Run, hints: readonly DueHint[]): Promise<readonly Telling[]> {
  const [first] = hints;
  if (!first) return [];
  try {
    const found = await toTell(run.flow, first, run.now);
    if (found === 'leave') return [];
    run.tally.counts.retold += found.count;
    return [{ hints, ...found }];
  } catch (error) {
    return [{ hints: await setAllAside(run, hints, error), notices: [], again: [] }];
  }
}

/** One notice a vault, whatever number of items it is about. Answers the hints that are dealt with. */
async function tell(run: Run, ofVault: readonly Telling[]): Promise<readonly DueHint[]> {
  const hints = ofVault.flatMap((telling) => telling.hints);
  const notices = joined(ofVault.flatMap((telling) => telling.notices)).map((notice) => ({ notice }));
  try {
    const landed = await run.flow.land({ now: run.now, again: ofVault.flatMap(({ again }) => again), notices });
    await landed.told();
    return hints;
  } catch (error) {
    return setAllAside(run, hints, error);
  }
}

function joined(notices: readonly Notice[]): readonly Notice[] {
  const ids = notices.flatMap(({ alerts = [] }) => alerts);
  const [first] = notices;
  if (!first) return [];
  const parts = Array.from({ length: Math.ceil(ids.length / IDS_TOGETHER) }, (_, part) =>
    ids.slice(part * IDS_TOGETHER, (part + 1) * IDS_TOGETHER),
  );
  const others = notices.filter(({ together }) => together !== undefined);
  return [...parts.map((alerts) => ({ vault: first.vault, alerts })), ...others];
}

const setAllAside = async (run: Run, hints: readonly DueHint[], error: unknown): Promise<readonly DueHint[]> =>
  (await inParallel(hints, (hint) => setAside(run, hint, reasonOf(error)))).flat();
