import * as z from 'zod';
import { CHANNELS, ROLES } from '../core/caller.ts';
import { digestOf } from '../core/evidence.ts';
import type { Outcome } from '../core/problems.ts';
import {
  chainsOfVault,
  type History,
  historyOfGuard,
  historyOfItem,
  historyOfService,
  historyOfVault,
  type Told,
} from '../flows/service/histories.ts';
import type { Page } from '../flows/story/pages.ts';
import { listReply, reply, startOf } from './reply.ts';
import { type Call, chapter, type Route, route } from './route.ts';
import { answer, chainHead, count, EXAMPLE, facts, field, instant, oneOf, page } from './shape.ts';
import { viewOf } from './view.ts';

const role = oneOf('Role', 'An app role.', ROLES);

export const channel = oneOf(
  'Channel',
  'The portal or an API client, an agent on premises, or the service itself.',
  CHANNELS,
);

export const entry = answer('HistoryEntry', 'One line of a history: what was done, or refused.', {
  chain: field(z.string(), 'The chain in which it stands.', 'vault/contoso/item/sql-01'),
  seq: field(count.nullable(), 'Its number in the chain; null: it was written before there were chains.', 9),
  at: field(instant, 'When.', EXAMPLE.deletedAt),
  caller: answer('HistoryCaller', 'The caller of an operation.', {
    oid: field(z.string(), 'The object id.', EXAMPLE.oid),
    tid: field(z.string(), 'The tenant.', EXAMPLE.tid),
    roles: field(z.array(role), 'The roles in the token.', ['Contributor']),
    channel,
  }),
  operation: field(z.string(), 'What was done.', 'StopDelete'),
  outcome: oneOf('HistoryOutcome', 'Whether it was done or refused.', ['Succeeded', 'Refused']),
  code: field(z.string().nullable(), 'The code of the refusal.', null),
  from: field(z.string().nullable(), 'The state before.', 'Protected'),
  to: field(z.string().nullable(), 'The state after.', 'SoftDeleted'),
  requestId: field(z.string(), 'The id of the request.', '8d4e1b7a-3c29-45f6-9e08-1a2b3c4d5e6f'),
  facts: field(facts, 'More details.', { reason: 'decommissioned' }),
  digest: field(z.string().nullable(), 'The SHA-256 of all that stands above, in the form of RFC 8785.', EXAMPLE.hash),
  prev: field(z.string().nullable(), 'The hash of the entry before; 64 zeros in the first.', '0'.repeat(64)),
  hash: field(z.string().nullable(), 'What binds this entry to the one before: see docs/evidence.md.', EXAMPLE.hash),
});

const history = answer('HistoryPage', 'A page of a history, and whether it holds.', {
  value: field(z.array(entry), 'The entries of this page.'),
  nextLink: z
    .string()
    .optional()
    .meta({ format: 'uri', description: 'The address of the next page; absent on the last page.' }),
  head: field(
    chainHead.nullable().optional(),
    'The last entry of the chain as far as this page knows; null: there is none. Absent with `scope=all`.',
  ),
  intact: field(z.boolean(), 'Nothing of what is shown was changed or removed since it was written.', true),
  broken: field(z.array(count).optional(), 'The numbers of entries that are changed, missing or unreadable.', [7]),
});

const entryView = viewOf(entry, ({ chain, entry: one }: Told) => ({
  ...one,
  chain,
  seq: one.link?.seq ?? null,
  digest: one.link ? digestOf(chain, one.link.seq, one) : null,
  prev: one.link?.prev ?? null,
  hash: one.link?.hash ?? null,
}));

const historyReply = ({ shown, last, broken = [], ...found }: Shown, { url }: Call) =>
  reply(200, {
    ...listReply(
      shown.map((one) => entryView(one)),
      { last },
      url,
    ).body,
    ...found,
    ...(broken.length > 0 ? { broken } : {}),
  });
type Shown = Pick<History, 'shown' | 'last' | 'intact'> & Partial<History>;

const OUTLIVES = 'It outlives what it is about, and contains refusals too.';
const paged = { query: page, answers: { 200: history }, view: historyReply } as const;

/** A page as the caller asks for it. */
async function pageOf<R>(query: z.output<typeof page>, read: (page: Page) => Promise<Outcome<R>>): Promise<Outcome<R>> {
  const after = startOf(query);
  return after.ok ? read({ top: query.top, after: after.value }) : after;
}

export const historyRoutes: readonly Route[] = chapter('History', [
  route({
    name: 'itemHistory',
    at: 'GET vaults/{vault}/items/{item}/history',
    who: ['Reader', 'Agent'],
    summary: 'List what happened to an item, newest first',
    description: OUTLIVES,
    outlives: true,
    codes: ['ItemNotFound', 'VaultNotFound'],
    ...paged,
    run: ({ ports, now, caller, names, query }) =>
      pageOf(query, (wanted) => historyOfItem(ports, { caller, now }, names, wanted)),
  }),
  route({
    name: 'vaultHistory',
    at: 'GET vaults/{vault}/history',
    who: 'Reader',
    summary: 'List what happened to a vault, newest first',
    description: `${OUTLIVES} With \`scope=all\`: the chains of the vault and of all its items, one after the other, the oldest entry first; entries from before there were chains are left out.`,
    outlives: true,
    codes: ['VaultNotFound'],
    ...paged,
    query: page.extend({ scope: field(z.enum(['all']).optional(), 'The histories of the items, too.', 'all') }),
    run: ({ ports, now, names, query }): Promise<Outcome<Shown>> =>
      pageOf(query, (wanted) =>
        query.scope ? chainsOfVault(ports, names.vault, wanted) : historyOfVault(ports, now, names.vault, wanted),
      ),
  }),
  route({
    name: 'guardHistory',
    at: 'GET guards/{guard}/history',
    who: ['Reader', 'GuardAdmin'],
    summary: 'List what happened to a guard, newest first',
    description: OUTLIVES,
    codes: ['GuardNotFound'],
    ...paged,
    run: ({ ports, now, names, query }) => pageOf(query, (wanted) => historyOfGuard(ports, now, names.guard, wanted)),
  }),
  route({
    name: 'serviceHistory',
    at: 'GET history',
    who: 'Reader',
    summary: 'List what happened to the service as a whole, newest first',
    codes: [],
    ...paged,
    run: ({ ports, now, query }) => pageOf(query, (wanted) => historyOfService(ports, now, wanted)),
  }),
]);
