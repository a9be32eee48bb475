import type { Grant, Guard, PendingLoosening } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import { act, actNow } from '../../parts/act.ts';
import type { Context, Page, View } from '../../parts/context.ts';
import { button, section, textInput } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { type Column, table } from '../../parts/table.ts';
import { spaced } from '../../words/labels.ts';
import { instant, plural } from '../../words/time.ts';

const about = ({ operation, items, vault }: Grant): string =>
  `${spaced(operation)} ${items ? `of ${items.join(', ')} ` : ''}in ${vault ?? 'the service'}`;

const namesOf = ({ guard, grant }: Grant) => ({ guard, grant });

const ASKED: readonly Column<Grant>[] = [
  { title: 'What', cell: (one) => h('span', { class: 'wrap' }, about(one)) },
  { title: 'For', cell: ({ grantee }) => grantee },
  { title: 'Why', cell: ({ reason }) => h('span', { class: 'wrap' }, reason ?? '') },
  { title: 'Approvals', cell: ({ approvals, quorum }) => `${approvals.length} of ${quorum}` },
  { title: 'Asked by', cell: ({ requestedBy }) => requestedBy, minor: true },
  { title: 'Until', cell: ({ expiresAt }) => instant(expiresAt) },
  { title: 'Guard', cell: ({ guard }) => guard, minor: true },
];

const approve = (context: Context, one: Grant): Promise<void> =>
  actNow(context, context.api.ask('approveGrant', { names: namesOf(one), body: {} }), ({ state, approvals, quorum }) =>
    state === 'Live'
      ? `${about(one)} is approved for ${one.grantee}.`
      : `You approved. It takes ${plural(quorum - approvals.length, 'approval')} more.`,
  );

function deny(context: Context, one: Grant): Promise<boolean> {
  const reason = textInput('Why (optional)', { id: 'deny-reason', maxlength: 200 });
  return ask({
    title: `Deny ${about(one)}`,
    content: [h('p', {}, `${one.grantee} cannot do it then, and can ask again.`), reason],
    submit: 'Deny',
    danger: true,
    run: () =>
      act(
        context,
        context.api.ask('denyGrant', { names: namesOf(one), body: reason.value ? { reason: reason.value } : {} }),
        () => 'It is denied.',
      ),
  });
}

const revoke = (context: Context, one: Grant): Promise<void> =>
  actNow(context, context.api.ask('revokeGrant', { names: namesOf(one) }), () => 'It is revoked.');

const answering = (context: Context): Column<Grant> => ({
  title: 'Answer',
  cell: (one) =>
    h(
      'span',
      { class: 'commands' },
      button('Approve', () => approve(context, one), { size: 'small', 'aria-label': `Approve ${about(one)}` }),
      button('Deny', () => deny(context, one), { size: 'small', 'aria-label': `Deny ${about(one)}` }),
    ),
});

const revoking = (context: Context): Column<Grant> => ({
  title: 'Take back',
  cell: (one) => button('Revoke', () => revoke(context, one), { size: 'small', 'aria-label': `Revoke ${about(one)}` }),
});

/** A loosening of a guard, with the guard that it is of. */
interface Loosening extends PendingLoosening {
  readonly guard: string;
}

const LOOSENINGS: readonly Column<Loosening>[] = [
  { title: 'Guard', cell: ({ guard }) => guard },
  { title: 'Change', cell: ({ before, after }) => h('span', { class: 'wrap' }, `${before} → ${after}`) },
  { title: 'Holds from', cell: ({ effectiveAt }) => instant(effectiveAt) },
  { title: 'Asked by', cell: ({ requestedBy }) => requestedBy },
  { title: 'Approvals', cell: ({ approvals }) => String(approvals.length), minor: true },
];

const settling = (context: Context): Column<Loosening> => ({
  title: 'Answer',
  cell: ({ guard, id }) =>
    h(
      'span',
      { class: 'commands' },
      button(
        'Approve',
        () =>
          actNow(
            context,
            context.api.ask('approveGuardChange', { names: { guard, id }, body: {} }),
            () => `Your approval counts. ${guard} changes when enough have approved.`,
          ),
        { size: 'small', 'aria-label': `Approve the change of ${guard}` },
      ),
      button(
        'Cancel',
        () =>
          actNow(
            context,
            context.api.ask('cancelGuardChange', { names: { guard, id } }),
            () => `The change of ${guard} is cancelled. Nothing has changed.`,
          ),
        { size: 'small', 'aria-label': `Cancel the change of ${guard}` },
      ),
    ),
});

const grantsOf = (context: Context, { name }: Guard): Promise<readonly Grant[]> =>
  context.api.all('listGrants', { names: { guard: name } });

/** What somebody asks for and others have to approve, what is approved and can still be taken back, and guards that are to be loosened. */
export const approvalsView: View = async (context): Promise<Page> => {
  const guards = await context.api.all('listGuards');
  const grants = (await Promise.all(guards.map((guard) => grantsOf(context, guard)))).flat();
  const loosenings = guards.flatMap(({ name, pendingChanges }) =>
    pendingChanges.map((one) => ({ ...one, guard: name })),
  );
  const isKeeper = context.may('GuardAdmin');
  const inState = (state: Grant['state'], answers: Column<Grant>, none: string): Content =>
    table<Grant>(
      state === 'Requested' ? 'Requests' : 'Approved',
      [...ASKED, ...(isKeeper ? [answers] : [])],
      grants.filter((one) => one.state === state),
      none,
    );
  return {
    title: 'Approvals',
    body: [
      section('Requests', inState('Requested', answering(context), 'Nobody asks for anything.')),
      section('Approved and not used yet', inState('Live', revoking(context), 'Nothing is approved.')),
      section(
        'Guards that are to be loosened',
        table<Loosening>(
          'Guards that are to be loosened',
          [...LOOSENINGS, ...(isKeeper ? [settling(context)] : [])],
          loosenings,
          'None.',
        ),
      ),
    ],
  };
};
