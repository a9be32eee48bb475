import type { GrantRequest, GrantState } from '../../client/api.ts';
import { type Command, named } from '../command.ts';
import { type Json, listIn, textAt } from '../json.ts';
import type { Given } from '../options.ts';
import { type Block, facts, hint, minutes, type Shown, table } from '../output/shown.ts';
import { WrongUsage } from '../trouble.ts';

const grantOf = (grant: Json): Shown => [
  facts(grant, [
    ['Grant', 'grant'],
    ['State', 'state'],
    ['Operation', 'operation'],
    ['Vault', (one) => textAt(one, 'vault') || 'the service'],
    ['For', 'grantee'],
    ['Approvals', (one) => `${listIn(one, 'approvals').length} of ${textAt(one, 'quorum')}`],
    ['Ends', minutes('expiresAt')],
  ]),
];

const grantsIn = (answer: Json): Block =>
  table(
    listIn({ answer }, 'answer'),
    [
      ['Grant', 'grant'],
      ['State', 'state'],
      ['Operation', 'operation'],
      ['Vault', 'vault'],
      ['For', 'grantee'],
      ['Approvals', (one) => `${listIn(one, 'approvals').length} of ${textAt(one, 'quorum')}`],
      ['Ends', minutes('expiresAt')],
      ['Reason', 'reason'],
    ],
    'There are none.',
  );

const changesIn = (answer: Json): Block =>
  table(
    listIn(answer, 'pendingChanges'),
    [
      ['Id', 'id'],
      ['Control', 'control'],
      ['Before', 'before'],
      ['After', 'after'],
      ['RequestedBy', 'requestedBy'],
      ['HoldsFrom', minutes('effectiveAt')],
    ],
    'Nothing waits.',
  );

/** In the path of a grant. */
const ofGrant = (given: Given) => ({ guard: given.guard ?? '', grant: given.id ?? '' });

/** A change waits in a vault or in a guard. */
const oneOf = ({ vault, guard }: Given): string | undefined =>
  (vault === undefined) === (guard === undefined) ? 'Say where: --vault or --guard.' : undefined;

const asked = ({ operation, vault, until, ...given }: Given): GrantRequest => {
  const uses = given.uses === undefined ? undefined : Number(given.uses);
  if (uses !== undefined && !Number.isInteger(uses)) throw new WrongUsage('--uses is a whole number.');
  return {
    operation: operation as GrantRequest['operation'],
    vault: vault ?? null,
    expiresAt: until ?? '',
    ...(given.grantee === undefined ? {} : { grantee: given.grantee }),
    ...(given.item === undefined ? {} : { items: given.item.split(',') }),
    ...(uses === undefined ? {} : { uses }),
    ...(given.reason === undefined ? {} : { reason: given.reason }),
  };
};

const ID = '7a6b5c4d-3e2f-4a1b-9c8d-0e1f2a3b4c5d';

export const approvalCommands: readonly Command[] = [
  {
    words: ['grants', 'list'],
    isDefault: true,
    help: 'List the grants of a guard.',
    needs: ['guard'],
    takes: ['state', 'vault'],
    examples: ['grants --guard security-team', 'grants list --guard security-team --state Requested'],
    run: (given, client) => {
      const { state, vault } = given;
      const query = { ...(state ? { state: state as GrantState } : {}), ...(vault ? { vault } : {}) };
      return client.all('listGrants', { names: named(given, 'guard'), query });
    },
    view: (answer) => [grantsIn(answer)],
  },
  {
    words: ['grants', 'request'],
    help: 'Ask the keepers of a guard to approve one operation; or approve it for somebody else (--grantee).',
    needs: ['guard', 'operation', 'until'],
    takes: ['vault', 'grantee', 'item', 'uses', 'reason'],
    examples: [
      'grants request --guard security-team --vault contoso --operation deleteProtection --until 2026-11-21T17:00:00Z',
    ],
    run: (given, client) => client.call('grantOperation', { names: named(given, 'guard'), body: asked(given) }),
    view: (grant) => [...grantOf(grant), hint('The keepers of the guard are told by mail.')],
  },
  {
    words: ['grants', 'approve'],
    help: 'Approve a grant that somebody else asked for.',
    needs: ['guard', 'id'],
    examples: [`grants approve --guard security-team --id ${ID}`],
    run: (given, client) => client.call('approveGrant', { names: ofGrant(given), body: {} }),
    view: grantOf,
  },
  {
    words: ['grants', 'deny'],
    help: 'Deny a grant.',
    needs: ['guard', 'id'],
    takes: ['reason'],
    examples: [`grants deny --guard security-team --id ${ID} --reason "not today"`],
    run: (given, client) =>
      client.call('denyGrant', {
        names: ofGrant(given),
        body: given.reason === undefined ? {} : { reason: given.reason },
      }),
    view: grantOf,
  },
  {
    words: ['grants', 'revoke'],
    help: 'Take a grant back: as a keeper, or the one that you have.',
    needs: ['guard', 'id'],
    examples: [`grants revoke --guard security-team --id ${ID}`],
    run: async (given, client) => (await client.call('revokeGrant', { names: ofGrant(given) })) ?? null,
    view: () => [hint('It is revoked.')],
  },
  {
    words: ['changes', 'list'],
    isDefault: true,
    help: 'List the weakenings of a vault or a guard that wait until they have cooled off.',
    takes: ['vault', 'guard'],
    examples: ['changes --vault contoso', 'changes list --guard security-team'],
    check: oneOf,
    run: (given, client) =>
      given.guard === undefined
        ? client.call('getVault', { names: named(given, 'vault') })
        : client.call('getGuard', { names: named(given, 'guard') }),
    view: (answer) => [changesIn(answer)],
  },
  {
    words: ['changes', 'approve'],
    help: 'Let the loosening of a guard, which another keeper asked for, hold at once.',
    needs: ['guard', 'id'],
    examples: [`changes approve --guard security-team --id ${ID}`],
    run: (given, client) => client.call('approveGuardChange', { names: named(given, 'guard', 'id'), body: {} }),
    view: (guard) => [facts(guard, [['Guard', 'name']]), changesIn(guard)],
  },
  {
    words: ['changes', 'cancel'],
    help: 'Cancel a weakening before it holds.',
    needs: ['id'],
    takes: ['vault', 'guard'],
    examples: [`changes cancel --vault contoso --id ${ID}`],
    check: oneOf,
    run: async (given, client) => {
      if (given.guard === undefined) await client.call('cancelPendingChange', { names: named(given, 'vault', 'id') });
      else await client.call('cancelGuardChange', { names: named(given, 'guard', 'id') });
      return null;
    },
    view: () => [hint('It is cancelled: nothing has changed.')],
  },
];
