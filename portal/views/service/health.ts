import type { Check } from '../../api/types.ts';
import { type Content, h } from '../../dom/h.ts';
import { badge } from '../../parts/controls.ts';
import { table } from '../../parts/table.ts';
import { spaced } from '../../words/labels.ts';
import { readable } from '../../words/time.ts';

const TONES = { ok: 'success', warn: 'warning', fail: 'danger' } as const;
const WORDS = { ok: 'Good', warn: 'Look at it', fail: 'Failing' } as const;

export const health = (checks: readonly Check[]): Content =>
  table<Check>(
    'Health',
    [
      { title: 'Check', cell: ({ name }) => spaced(name) },
      {
        title: 'Status',
        cell: ({ status }) => badge(WORDS[status], TONES[status], status === 'fail' ? 'filled' : 'tint'),
      },
      { title: 'Detail', cell: ({ detail }) => h('span', { class: 'wrap' }, readable(detail)) },
    ],
    checks,
    'The service does not tell.',
  );
