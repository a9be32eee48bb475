/** The order of a sweep: page by page, the oldest first; the vaults with very many hints after all others. */
import { keyOf } from '../../core/names.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { inParallel } from '../story/rounds.ts';
import { type Chunk, chunksOf, hintsIn, ONE_VAULT, packed } from './chunks.ts';
import type { Run } from './run.ts';
import { hintsOf, LONG_READ, PAGE, type Page, type Survey } from './survey.ts';

/** So many are met together; those that the survey keeps for later are as many again. */
const HINTS_IN_SIGHT = 2000;
/** While some wait for their transactions others read. The more there are, the more a death leaves to be looked at again. */
const HINTS_AT_ONCE = 600;
/** Eight hundred items are in hand then. */
const HEAVY_AT_ONCE = 4;

export interface Walk {
  readonly pages: readonly Page[];
  readonly wants: (hint: DueHint) => boolean;
  readonly isHeavy: Survey['isHeavy'];
  readonly deal: (chunk: Chunk) => Promise<void>;
  /** A vault that does not answer is not asked again. */
  readonly isDown: (vault: string) => boolean;
  /** Asked before each step; what is not begun then is not met. */
  readonly isOver: () => boolean;
}

/** A vault that waits for the others, with what there is of it on which pages. */
interface Heavy {
  readonly vault: string;
  readonly pages: readonly Page[];
  /** The key behind which its next helping begins, on the first of them. */
  readonly after?: string | undefined;
}

type Agenda = Pick<Run, 'flow' | 'now'>;

/** Meets each hint once: behind the last key that was read it goes on, so what was struck off or put off is not met again. Answers what is left. */
export async function walk(run: Agenda, { pages, ...how }: Walk): Promise<readonly Page[]> {
  const heavy = new Map<string, Heavy>();
  const windows = packed(pages, HINTS_IN_SIGHT, ({ hints }) => hints?.length ?? PAGE);
  for (const [at, window] of windows.entries()) {
    if (how.isOver()) return [...windows.slice(at).flat(), ...[...heavy.values()].flatMap((one) => one.pages)];
    const found = await inParallel(window, (page) => hintsOf(run.flow, page, run.now));
    for (const [index, hints] of found.entries())
      note(
        heavy,
        window[index],
        hints.filter(({ vault }) => how.isHeavy(vault)),
      );
    const light = found.flat().filter((hint) => !how.isHeavy(hint.vault) && how.wants(hint));
    await inParallel(chunksOf(light), how.deal, HINTS_AT_ONCE, hintsIn);
  }
  let left: readonly Heavy[] = [...heavy.values()];
  const silent: Heavy[] = [];
  while (left.length > 0 && !how.isOver()) {
    const round = await inParallel(left, (one) => help(run, how, one), HEAVY_AT_ONCE);
    const { down = [], others = [] } = Object.groupBy(round, ({ vault }) => (how.isDown(vault) ? 'down' : 'others'));
    silent.push(...down);
    left = others.filter((one) => one.pages.length > 0);
  }
  return [...left, ...silent].flatMap((one) => one.pages);
}

function note(heavy: Map<string, Heavy>, page: Page | undefined, hints: readonly DueHint[]): void {
  if (!page) return;
  for (const vault of new Set(hints.map((hint) => keyOf(hint.vault)))) {
    const pages = [...(heavy.get(vault)?.pages ?? []), { ...page, hints: undefined }];
    heavy.set(vault, { vault, pages });
  }
}

/** One helping of a heavy vault. */
async function help(run: Agenda, { wants, deal, isOver }: Omit<Walk, 'pages'>, heavy: Heavy): Promise<Heavy> {
  if (isOver()) return heavy;
  const hints: DueHint[] = [];
  let { pages, after } = heavy;
  for (let [page] = pages; page && hints.length < ONE_VAULT; [page] = pages) {
    const stretch = { after: after ?? page.after, through: page.through, limit: LONG_READ };
    const { found } = await run.flow.agenda.due(page.shard, run.now, stretch);
    const wanted = found.filter((hint) => keyOf(hint.vault) === heavy.vault && wants(hint));
    const taken = wanted.slice(0, ONE_VAULT - hints.length);
    hints.push(...taken);
    after = taken.length < wanted.length ? taken.at(-1)?.found?.key : undefined;
    if (after === undefined) pages = pages.slice(1);
  }
  if (hints.length > 0) await deal([[heavy.vault, hints]]);
  return { vault: heavy.vault, pages, after };
}
