/** A verb that this service does not have: somebody has looked at an item. It changes the item's etag and leaves a line in the history. */
export const VERB = `import { onItem } from '../story/nouns.ts';
import { need } from '../story/plan.ts';

export const review = onItem<undefined, null>()({
  operation: 'Review',
  also: { words: async ({ flow }) => flow.newId() },
  decide({ item: { value: item }, words }, _, request) {
    if (words === undefined) return need('words');
    return { item: { ...item, etag: request.id }, answer: null };
  },
});
`;

/** Its route, as a row of src/http/items/routes.ts. */
export const ROUTE = `route({
      name: 'reviewItem',
      at: 'POST vaults/{vault}/items/{item}/review',
      who: 'Operator',
      summary: 'Review an item',
      codes: WRITES_ITEM,
      body: nothing,
      answers: { 204: null },
      run: ({ ports, names }, request: Request<null>) => review(ports, request, { vault: names.vault, item: names.item }),
      view: () => ({ status: 204, body: undefined }) as const,
    }),`;
