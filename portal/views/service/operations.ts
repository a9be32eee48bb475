import type { Problem } from '../../api/problem.ts';
import type { DeadLetterList, Pause, Readiness, SweepList } from '../../api/types.ts';
import { h } from '../../dom/h.ts';
import type { Page, View } from '../../parts/context.ts';
import { button, section } from '../../parts/controls.ts';
import { deadLetters } from './deadLetters.ts';
import { health } from './health.ts';
import { pauseCard } from './pause.ts';
import { heldNotice, runSweep, sweepsTable } from './sweeps.ts';

/** What keeps the service going, and how it is stopped when it must not go on. */
export const operationsView: View = async (context): Promise<Page | Problem> => {
  const { api } = context;
  const [ready, pause, sweeps, letters] = await Promise.all([
    fetch('/api/health/ready').then(
      (response) => response.json() as Promise<Readiness>,
      () => ({ checks: [] }),
    ),
    api.get<Pause>('pause'),
    api.get<SweepList>('sweeps'),
    api.get<DeadLetterList>('deadletters?top=100'),
  ]);
  if (!sweeps.ok) return sweeps.problem;
  return {
    title: 'Operations',
    body: [
      heldNotice(context, sweeps.value.value[0]),
      section('Health', health(ready.checks)),
      section('Purging', pauseCard(context, pause.ok ? pause.value : undefined)),
      section(
        'Sweeps',
        h(
          'div',
          { class: 'commands' },
          button('Dry run', () => runSweep(context, true), { id: 'do-dry-run' }),
          button('Sweep now', () => runSweep(context, false), { id: 'do-sweep' }),
        ),
        sweepsTable(sweeps.value.value, context.now),
      ),
      section('Dead letters', deadLetters(context, letters.ok ? letters.value.value : [])),
    ],
  };
};
