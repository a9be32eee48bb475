/** Alerts that are told side by side: what they read of one vault, and what they write to one partition, they do together. */
import { inParts } from '../../change.ts';
import { itemOfAlert, vaultOfAlert } from '../../core/alerts.ts';
import { SERVICE } from '../../core/hints.ts';
import { keyOf } from '../../core/names.ts';
import type { Admission, SingleMail } from '../../ports/alerts.ts';
import type { Landed } from '../story/land.ts';
import { inParallel } from '../story/rounds.ts';
import { isReminder, landTold, marksOf } from './marks.ts';
import { meeting } from './meeting.ts';
import { freshly, type Reading, readOnce } from './read.ts';
import type { Told, Turn } from './turn.ts';

/** An instance takes one message at a time, and this is what makes it worth a message. */
const SIDE_BY_SIDE = 16;

const vaultOf = (id: string): string => keyOf(vaultOfAlert(id) ?? SERVICE);
const subjectOf = (id: string): string => `${vaultOf(id)}/${keyOf(itemOfAlert(id) ?? id)}`;

/** Neighbours come together; those of one item one after the other, for they write to one history. */
export function wavesOf(ids: readonly string[]): readonly (readonly string[])[] {
  const waves: string[][] = [];
  for (const id of ids.toSorted()) {
    const hasRoom = (wave: readonly string[]) =>
      wave.length < SIDE_BY_SIDE && !wave.some((other) => subjectOf(other) === subjectOf(id));
    const wave = waves.find(hasRoom);
    if (wave) wave.push(id);
    else waves.push([id]);
  }
  return waves;
}

type Base = Pick<Turn, 'flow' | 'settings' | 'now' | 'inLine' | 'later'>;

/** Who tells an alert by itself. */
function aloneIn(base: Base): Turn {
  const { flow, settings, now } = base;
  const reading = freshly(flow);
  return {
    ...base,
    reading,
    admit: (mails) => flow.ledger.admit(mails, settings.perRecipient, now),
    land: (told) => landAlone(base, told, reading),
  };
}

const landAlone = async (base: Base, { written, notices }: Told, reading: Reading): Promise<Landed> =>
  landTold(base, [written], await marksOf(base, [written], reading), { notices });

export interface Wave {
  readonly alone: Turn;
  /** The first look at an alert, and what follows from it. */
  readonly turnOf: (id: string) => Turn;
  /** It is told, or goes on alone: nobody waits for it. */
  readonly leave: (id: string) => void;
}

export function waveOf(base: Base, ids: readonly string[]): Wave {
  const { flow, settings, now } = base;
  const admissions = meeting<readonly SingleMail[], readonly Admission[]>(ids, async (all) => {
    const mails = all.flat();
    const said = await flow.ledger.admit(mails, settings.perRecipient, now);
    const byMail = new Map(mails.map((mail, index) => [mail, said[index]]));
    return all.map((some) => some.flatMap((mail) => byMail.get(mail) ?? []));
  });
  const vaults = new Map(
    [...Map.groupBy(ids, vaultOf)].map(([vault, ofVault]) => {
      const reading = readOnce(flow, ofVault, now);
      return [vault, { reading, books: meeting<Told, Landed>(ofVault, (all) => landTogether(base, all, reading)) }];
    }),
  );
  const alone = aloneIn(base);
  return {
    alone,
    turnOf(id) {
      const { reading, books } = vaults.get(vaultOf(id)) ?? {};
      if (!reading || !books) return alone;
      return {
        ...alone,
        reading,
        admit: (mails) => admissions.come(id, mails),
        // Who has no mail to send is not waited for any longer.
        land(told) {
          admissions.leave(id);
          return books.come(id, told);
        },
      };
    },
    leave(id) {
      admissions.leave(id);
      vaults.get(vaultOf(id))?.books.leave(id);
    },
  };
}

/** A transaction holds a hundred rows: of a reminder its own, its mark, the entry that goes with it, and what both rest on. */
const REMINDERS_TOGETHER = 8;
/** A transaction takes 4 MiB. */
const MOST_WRITTEN = 1_500_000;

/** Where one of them changed meanwhile each is written alone, by what is true by then. */
async function landTogether(base: Base, all: readonly Told[], reading: Reading): Promise<readonly Landed[]> {
  const [only, another] = all;
  if (only && !another) return [await landAlone(base, only, reading)];
  const most = all.some(({ written }) => isReminder(written.now)) ? REMINDERS_TOGETHER : SIDE_BY_SIDE;
  const landed = await inParallel(inParts(all, most), (some) => landSome(base, some, reading));
  return landed.flat();
}

async function landSome(base: Base, some: readonly Told[], reading: Reading): Promise<readonly Landed[]> {
  const written = some.map((one) => one.written);
  const isMuch = JSON.stringify(written).length > MOST_WRITTEN;
  const together = isMuch ? undefined : await landed(base, some, reading).catch(() => undefined);
  if (together?.done) return some.map(() => together);
  const fresh = freshly(base.flow);
  return inParallel(some, (one) => landAlone(base, one, fresh));
}

async function landed(base: Base, some: readonly Told[], reading: Reading): Promise<Landed> {
  const written = some.map((one) => one.written);
  const notices = some.flatMap((one) => one.notices);
  return landTold(base, written, await marksOf(base, written, reading), { notices });
}
