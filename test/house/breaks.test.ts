/**
 * What docs/architecture.md says may never be done. Each of it is done here, in a copy: it does not compile, or a check of
 * `npm run verify` says no.
 */
import { describe, expect, test } from 'vitest';
import { type Copy, copyOfTheHouse } from '../support/copy.ts';
import { ROUTE, VERB } from './review.ts';

/** The route in a file of its own. */
const ROUTES = `import { review } from '../../flows/items/review.ts';
import type { Request } from '../../flows/story/request.ts';
import { WRITES_ITEM } from '../refusal.ts';
import { chapter, route } from '../route.ts';
import { nothing } from '../shape.ts';

export const reviewRoutes = chapter('Items', [
    ${ROUTE}
]);
`;

interface Break {
  /** Does it, and answers the file that the compiler has to name. */
  readonly make: (copy: Copy) => string;
  readonly says: RegExp;
}

/** A file like the sound one but for one piece. */
const like = (sound: string, folder: string, name: string, from: string, to: string) => (copy: Copy) => {
  const file = `${folder}/${name}.ts`;
  copy.add(file, sound);
  copy.replace(file, from, to);
  return file;
};
const verb = (name: string, from: string, to: string) => like(VERB, 'src/flows/items', `review-${name}`, from, to);
const routeWithout = (what: string, line: string) => like(ROUTES, 'src/http/items', `review-${what}`, line, '');
const edit = (file: string, from: string | RegExp, to: string, named: string) => (copy: Copy) => {
  copy.replace(file, from, to);
  return named;
};

const BREAKS: Readonly<Record<string, Break>> = {
  'the plan of a verb is not landed': {
    make: edit(
      'src/flows/story/run.ts',
      'const { done, written } = await flow.land({ write, head: read.head ?? undefined, now: request.now });',
      '',
      'src/flows/story/run.ts',
    ),
    says: /'done'/,
  },
  'the plan of a sweep is not landed': {
    make: edit(
      'src/flows/sweep/carryOut.ts',
      '(await flow.land(plan.landing))',
      'plan.landing',
      'src/flows/sweep/carryOut.ts',
    ),
    says: /'done' does not exist/,
  },
  'a reader writes a hint': { make: verb('hint', 'flow.newId()', 'flow.hint([])'), says: /'hint' does not exist/ },
  'a reader commits': {
    make: verb('commit', 'flow.newId()', "flow.commit({ vault: 'v', id: 'x' })"),
    says: /'commit' does not exist/,
  },
  'a reader sends a notice': {
    make: verb('notice', 'flow.newId()', 'flow.notices.send({ vault: null })'),
    says: /'notices' does not exist/,
  },
  'a decision reaches for the ports': {
    make: verb('ports', "return need('words')", 'return request.flow'),
    says: /'flow' does not exist/,
  },
  'a decision waits': {
    make: verb('await', 'if (words', 'await request.now;\n    if (words'),
    says: /'await' expressions are only allowed/,
  },
  'a decision is a promise': { make: verb('promise', 'decide(', 'async decide('), says: /Promise/ },
  'a route has no words': {
    make: routeWithout('summary', "      summary: 'Review an item',\n"),
    says: /'summary' is missing/,
  },
  'a route does not say who may call it': {
    make: routeWithout('who', "      who: 'Operator',\n"),
    says: /'who' is missing/,
  },
  'a route does not say what it refuses': {
    make: routeWithout('codes', '      codes: WRITES_ITEM,\n'),
    says: /'codes' is missing/,
  },
  'a route does not say what it answers': {
    make: routeWithout('answers', '      answers: { 204: null },\n'),
    says: /'answers' is missing/,
  },
  'a route answers what is not in its shape': {
    make: like(ROUTES, 'src/http/items', 'review-view', 'body: undefined', 'body: 1'),
    says: /not assignable/,
  },
  'a path parameter is not in the path': {
    make: like(ROUTES, 'src/http/items', 'review-names', '{item}/review', '{reviewed}/review'),
    says: /'item' does not exist/,
  },
  'an alert type has no letter': {
    make: edit(
      'src/core/alertTypes.ts',
      /(?<=export const ALERTS = \{\n)/,
      `  Reviewed: {\n    severity: 'Sev3',\n    category: 'Security',\n    scope: 'item',\n    event: 'Reviewed',\n    recommendedAction: 'Nothing.',\n  },\n`,
      'src/letters/outlines.ts',
    ),
    says: /'Reviewed' is missing/,
  },
  'a setting has no word in the table of controls': {
    make: edit(
      'src/core/vault.ts',
      /(?<=export interface Settings \{\n)/,
      "  readonly note?: 'loud' | 'quiet';\n",
      'src/core/leaves.ts',
    ),
    says: /'note' is missing/,
  },
  'a control raises no alert': {
    make: edit('src/core/controls.ts', "    alert: 'MuaDisabled',\n", '', 'src/core/controls.ts'),
    says: /'alert' is missing/,
  },
  'a row kind has no check': {
    make: edit('src/store/keys.ts', /(?<=const ROW_KINDS = \[)/, "\n  'review',", 'tools/check/vault.ts'),
    says: /review is missing|'review' is missing/,
  },
  'a row kind has no place': {
    make: edit('src/store/keys.ts', /(?<=const ROW_KINDS = \[)/, "\n  'review',", 'tools/check/places.ts'),
    says: /review is missing|'review' is missing/,
  },
};

/** The rule, the room that imports, and what it must not import. */
const ARROWS = [
  ['flows-items', 'src/flows/items', '../sweep/sweep.ts'],
  ['flows-story', 'src/flows/story', '../items/undelete.ts'],
  ['flows-know-ports', 'src/flows/items', '../../store/stores.ts'],
  ['core-is-pure', 'src/core', '../ports.ts'],
  ['core-is-pure', 'src/core', 'node:fs'],
  ['letters-are-pure', 'src/letters', '../flows/story/land.ts'],
  ['http-is-skin', 'src/http/items', '../../store/stores.ts'],
  ['portal-knows-the-api-only', 'portal', '../src/core/alerts.ts'],
  ['executor-needs-fetch-alone', 'executor', 'node:fs'],
  ['executor-needs-fetch-alone', 'executor', '../src/core/alerts.ts'],
  ['nothing-deployed-needs-an-executor', 'src/core', '../../executor/types.ts'],
  ['examples-know-the-package-only', 'examples/blob-executor', '../../client/retry.ts'],
] as const;

const CHECKED = ['src', 'tools/check'];

/** With both in their places: the service has one verb more. */
function copyWithReview(): Copy {
  const copy = copyOfTheHouse();
  copy.add('src/flows/items/review.ts', VERB);
  copy.add('src/http/items/reviewRoutes.ts', ROUTES);
  copy.replace(
    'src/http/routes.ts',
    'import { itemRoutes }',
    "import { reviewRoutes } from './items/reviewRoutes.ts';\nimport { itemRoutes }",
  );
  copy.replace('src/http/routes.ts', '...itemRoutes,', '...itemRoutes,\n    ...reviewRoutes,');
  return copy;
}

describe('what may never be done', () => {
  test('does not compile', async () => {
    const copy = copyWithReview();
    const named = Object.entries(BREAKS).map(([what, one]) => ({ what, file: one.make(copy), says: one.says }));
    const complaints = await copy.typeErrors(...CHECKED);
    // Exactly these: the sound verb and the sound route, and all that was not touched, compile.
    expect(Object.keys(complaints).toSorted()).toEqual(named.map(({ file }) => file).toSorted());
    for (const { what, file, says } of named) expect(complaints[file], what).toMatch(says);
  });

  test('is an arrow against the plan', async () => {
    const copy = copyOfTheHouse();
    const added = ARROWS.map(([rule, from, to], at) => {
      const file = `${from}/against${at}.ts`;
      copy.add(file, `import '${to}';\n`);
      return `${rule}: ${file} → `;
    });
    const refused = await copy.refusedArrows('src', 'portal', 'examples', 'executor');
    for (const one of added) expect(refused).toContainEqual(expect.stringContaining(one));
    // And all that was not touched is as it should be.
    expect(refused.filter((arrow) => !/\/against\d+\.ts → /.test(arrow))).toEqual([]);
  });

  test('is leaving out a land whose result nobody looks at, or a route that no fault trial calls', async () => {
    const copy = copyWithReview();
    copy.replace('src/flows/alerts/mails.ts', /await flow\.land\(\{ now, notices: .*\);\n/, '');
    copy.replace('src/flows/vaults/deleted.ts', /if \(shown && listing && isOfIt\) await land\(.*\);\n/, '');
    const [letters, vault, trials] = [
      'test/flows/alerts/deadLetters.test.ts',
      'test/flows/vaults/deleteVault.test.ts',
      'test/house/trials.test.ts',
    ];
    const failed = await copy.failures(letters, vault, trials);
    expect(Object.keys(failed).toSorted()).toEqual([letters, vault, trials]);
    expect(failed[trials]).toMatch(/everything that changes something has a fault trial[\s\S]*\+ {3}"reviewItem"/);
  });

  test('is words that say nothing, and a client without the new route', async () => {
    const copy = copyWithReview();
    copy.replace('src/http/items/reviewRoutes.ts', 'Review an item', '');
    const { code, text } = await copy.run('node', 'tools/api.ts', '--check');
    expect(code).toBe(1);
    expect(text).toContain('everything is described: reviewItem');
    expect(text).toContain('client/api.ts does not follow the API document');
  });

  test('is an arrow too many, and a page with yesterday’s rooms', async () => {
    const copy = copyOfTheHouse();
    expect(await copy.run('node', 'tools/rooms.ts', '--check')).toEqual({ code: 0, text: '' });
    copy.add('src/flows/reviews/review.ts', 'export {};\n');
    expect(await copy.run('node', 'tools/rooms.ts', '--check')).toMatchObject({
      code: 1,
      text: expect.stringContaining('src/flows/reviews is not drawn'),
    });
    copy.add('src/flows/alerts/review.ts', "import '../items/undelete.ts';\n");
    expect(await copy.run('node', 'tools/rooms.ts', '--check')).toMatchObject({
      code: 1,
      text: expect.stringMatching(/30 arrows[\s\S]*docs\/architecture\.md is stale/),
    });
  });
});
