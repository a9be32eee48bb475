import * as z from 'zod';
import { NEIGHBOUR_NAMES } from '../../core/workloads.ts';
import { EXAMPLE, field, flag, loose, name, page, request, shape, words } from '../shape.ts';
import { workload } from '../vaults/shapes.ts';
import { itemState, SERVER, tier } from './shapes.ts';

const policyName = field(name, 'The name of the policy.', EXAMPLE.policy);

const itemRequest = request('ItemRequest', 'What to protect, and under which policy.', {
  workload,
  policy: policyName.optional(),
  sourceId: field(words, 'What is backed up, as its own service names it.', EXAMPLE.source),
  server: field(
    name.nullish().transform((server) => server ?? undefined),
    SERVER,
  ),
  tier: tier.optional().meta({ example: undefined }),
  recoverSoftDeleted: field(z.boolean().optional(), 'True: an item in the trash is undeleted and resumed.'),
});
const NEIGHBOUR = 'A workload that another product protects. It is refused, and the message names that product.';
/** Whatever else the request says about such a workload, the answer is which product handles it. */
const neighbourRequest = loose('NeighbourRequest', NEIGHBOUR, {
  workload: field(z.enum(NEIGHBOUR_NAMES), 'What is backed up.'),
}).transform(({ workload: neighbour }) => ({ workload: neighbour, policy: '', sourceId: '' }));

export const protectRequest = shape('ProtectRequest', 'What to protect.', z.union([neighbourRequest, itemRequest]));

export const stopRequest = request('StopRequest', 'How to stop.', {
  mode: field(z.enum(['retain', 'retainPerPolicy', 'delete']), 'How to stop.', 'delete'),
  confirmName: field(
    z.string().max(63).optional(),
    'The name of the item, exactly, to confirm its deletion.',
    EXAMPLE.item,
  ),
  reason: field(words.optional(), 'Why.', 'decommissioned'),
  comment: field(words.optional(), 'What the caller wants to add.'),
  cancelActiveJob: field(z.boolean().optional(), 'True: cancel the job that runs instead of waiting for it.'),
});
export const resumeRequest = request('ResumeRequest', 'Under which policy.', { policy: policyName.optional() });
export const policyChange = request('ChangePolicyRequest', 'Another policy.', { policy: policyName });

const withSoftDeleted = flag(true, 'Whether soft-deleted items are shown.');
export const itemQuery = z.object({ includeSoftDeleted: withSoftDeleted });
export const itemsQuery = page.extend({
  state: field(itemState.optional(), 'Only those in this state.'),
  workload: field(workload.optional(), 'Only those of this workload.'),
  server: field(z.string().max(63).optional(), 'Only those on this server.', EXAMPLE.server),
  includeSoftDeleted: withSoftDeleted,
});
export const preview = z.object({
  preview: flag(false, 'True: only list what would be removed, and change nothing.'),
});
