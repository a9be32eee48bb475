/**
 * What docs/architecture.md says may never be done. Each of it is done here, in a copy: it does not compile, or a check of
 * `npm run verify` says no.
 */
import { describe, expect, test } from 'vitest';
import { type Copy, copyOfTheHouse } from '../support/copy.ts';

/** A sound verb. Each break replaces a piece of it. */
const VERB = `import type { Item } from '../../core/item.ts';
import { onItem } from '../story/nouns.ts';
import { type Decision, need } from '../story/plan.ts';
import type { Place } from '../story/request.ts';
import type { World } from '../story/run.ts';

export const praise = onItem({
  operation: 'Praise',
  also: { words: async ({ flow }: World<Place>) => flow.newId() },
  decide({ item: { value: item }, words }, _: undefined, request): Decision<Item> {
    if (words === undefined) return need('words');
    return { item: { ...item, etag: request.id }, answer: item };
  },
});
`;

/** A sound route. */
const ROUTE = `import type { Item } from '../../core/item.ts';
import { praise } from '../../flows/items/praise.ts';
import type { Request } from '../../flows/story/request.ts';
import { WRITES_ITEM } from '../refusal.ts';
import { resource } from '../reply.ts';
import { chapter, route } from '../route.ts';
import { nothing } from '../shape.ts';
import { item, itemView } from './shapes.ts';

export const praiseRoutes = chapter('Items', [
  route({
    name: 'praiseItem',
    at: 'POST vaults/{vault}/items/{item}/praise',
    who: 'Operator',
    summary: 'Praise an item',
    codes: WRITES_ITEM,
    body: nothing,
    answers: { 200: item },
    run: ({ ports, names }, request: Request<Item>) => praise(ports, request, { vault: names.vault, item: names.item }),
    view: (found, { now }) => resource(200, itemView(found, undefined, now)),
  }),
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
const verb = (name: string, from: string, to: string) => like(VERB, 'src/flows/items', `praise-${name}`, from, to);
const routeWithout = (what: string, line: string) => like(ROUTE, 'src/http/items', `praise-${what}`, line, '');
const edit = (file: string, from: string | RegExp, to: string, named: string) => (copy: Copy) => {
  copy.replace(file, from, to);
  return named;
};

const BREAKS: Readonly<Record<string, Break>> = {
  'the plan of a verb is not landed': {
    make: edit(
      'src/flows/story/run.ts',
      'const { done } = await flow.land({ write, head: read.head ?? undefined, now: request.now });',
      '',
      'src/flows/story/run.ts',
    ),
    says: /'done'/,
  },
  'the plan of a sweep is not landed': {
    make: edit(
      'src/flows/sweep/dealWith.ts',
      '(await flow.land(plan.landing))',
      'plan.landing',
      'src/flows/sweep/dealWith.ts',
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
    make: routeWithout('summary', "    summary: 'Praise an item',\n"),
    says: /'summary' is missing/,
  },
  'a route does not say who may call it': {
    make: routeWithout('who', "    who: 'Operator',\n"),
    says: /'who' is missing/,
  },
  'a route does not say what it refuses': {
    make: routeWithout('codes', '    codes: WRITES_ITEM,\n'),
    says: /'codes' is missing/,
  },
  'a route does not say what it answers': {
    make: routeWithout('answers', '    answers: { 200: item },\n'),
    says: /'answers' is missing/,
  },
  'a route answers what is not in its shape': {
    make: like(ROUTE, 'src/http/items', 'praise-view', 'itemView(found, undefined, now)', "{ etag: '1' }"),
    says: /not assignable/,
  },
  'a path parameter is not in the path': {
    make: like(ROUTE, 'src/http/items', 'praise-names', '{item}/praise', '{praised}/praise'),
    says: /'item' does not exist/,
  },
  'an alert type has no letter': {
    make: edit(
      'src/core/alerts.ts',
      /(?<=export const ALERTS = \{\n)/,
      `  Praised: {\n    severity: 'Sev3',\n    category: 'Security',\n    scope: 'item',\n    event: 'Praised',\n    recommendedAction: 'Nothing.',\n  },\n`,
      'src/letters/outlines.ts',
    ),
    says: /'Praised' is missing/,
  },
  'a row kind has no check': {
    make: edit('src/store/keys.ts', /(?<=export type RowKind =)/, "\n  | 'praise'", 'tools/check/vault.ts'),
    says: /praise is missing|'praise' is missing/,
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
] as const;

const CHECKED = ['src', 'tools/check'];

/** With both in their places: the service has one verb more. */
function copyWithPraise(): Copy {
  const copy = copyOfTheHouse();
  copy.add('src/flows/items/praise.ts', VERB);
  copy.add('src/http/items/praiseRoutes.ts', ROUTE);
  copy.replace(
    'src/http/routes.ts',
    'import { itemRoutes }',
    "import { praiseRoutes } from './items/praiseRoutes.ts';\nimport { itemRoutes }",
  );
  copy.replace('src/http/routes.ts', '...itemRoutes,', '...itemRoutes,\n    ...praiseRoutes,');
  return copy;
}

describe('what may never be done', () => {
  test('does not compile', async () => {
    const copy = copyWithPraise();
    const named = Object.entries(BREAKS).map(([what, one]) => ({ what, file: one.make(copy), says: one.says }));
    const complaints = await copy.typeErrors(...CHECKED);
    // Exactly these: the sound verb and the sound route, and all that was not touched, compile.
    expect(Object.keys(complaints).toSorted()).toEqual(named.map(({ file }) => file).toSorted());
    for (const { what, file, says } of named) expect(complaints[file], what).toMatch(says);
  });

  test('is an arrow against the plan', async () => {
    const copy = copyOfTheHouse();
    expect(await copy.refusedArrows('src', 'portal')).toEqual([]);
    const added = ARROWS.map(([rule, from, to], at) => {
      const file = `${from}/against${at}.ts`;
      copy.add(file, `import '${to}';\n`);
      return `${rule}: ${file} → `;
    });
    const refused = await copy.refusedArrows('src', 'portal');
    for (const one of added) expect(refused.filter((arrow) => arrow.startsWith(one))).not.toEqual([]);
  });

  test('is a route that no fault trial calls', async () => {
    const said = await copyWithPraise().test('test/house/trials.test.ts');
    expect(said.code).not.toBe(0);
    expect(said.text).toMatch(/everything that changes something has a fault trial[\s\S]*\+ {3}"praiseItem"/);
  });

  test('is words that say nothing, and a client without the new route', async () => {
    const copy = copyWithPraise();
    copy.replace('src/http/items/praiseRoutes.ts', 'Praise an item', '');
    const { code, text } = await copy.run('node', 'tools/api.ts', '--check');
    expect(code).toBe(1);
    expect(text).toContain('everything is described: praiseItem');
    expect(text).toContain('client/api.ts does not follow the API document');
  });

  test('is a page with yesterday’s rooms', async () => {
    const copy = copyOfTheHouse();
    expect(await copy.run('node', 'tools/rooms.ts', '--check')).toEqual({ code: 0, text: '' });
    copy.add('src/flows/alerts/praise.ts', "import '../items/undelete.ts';\n");
    expect(await copy.run('node', 'tools/rooms.ts', '--check')).toMatchObject({
      code: 1,
      text: expect.stringContaining('docs/architecture.md is stale'),
    });
  });
});
