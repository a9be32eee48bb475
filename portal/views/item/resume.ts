import { at } from '../../api/client.ts';
import type { Item, Policy, ResumedItem, ResumePreview } from '../../api/types.ts';
import { h, show } from '../../dom/h.ts';
import { act } from '../../parts/act.ts';
import { type Choice, choice, progress } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { message, problemMessage } from '../../parts/messages.ts';
import { plural } from '../../words/time.ts';
import { everyOne } from '../vaults.ts';
import type { Open } from './open.ts';
import { pointsTable } from './points.ts';

const rungs = ({ name, retention }: Policy): string =>
  `${name} (${Object.entries(retention)
    .map(([rung, count]) => `${count} ${rung}`)
    .join(', ')})`;

/** The vault's policies that fit the workload. */
async function policyChoice({ context, item }: Open, onchange: () => unknown): Promise<Choice | HTMLElement> {
  const policies = await everyOne(context.api.pages<Policy>(`${at('vaults', item.vault, 'policies')}?top=200`));
  if ('code' in policies) return problemMessage(policies);
  const fitting = policies.filter(({ workloads }) => workloads.includes(item.workload));
  if (fitting.length === 0) return message('warning', `The vault has no policy for ${item.workload}. Make one first.`);
  return choice(
    'Policy',
    fitting.map((policy) => ({ value: policy.name, text: rungs(policy) })),
    item.policy ?? item.previousPolicy ?? '',
    { onchange, id: 'policy' },
  );
}

/** Which recovery points a policy would cost. */
async function look({ context, path }: Open, policy: Choice, preview: HTMLElement): Promise<void> {
  const asked = policy.select.value;
  show(preview, progress('Looking which recovery points would go'));
  const answer = await context.api.send<ResumePreview>('POST', `${path}/resume?preview=true`, {
    body: { policy: asked },
  });
  if (asked !== policy.select.value) return; // another was chosen meanwhile
  if (!answer.ok) return show(preview, problemMessage(answer.problem));
  const { recoveryPointsToRemove: going } = answer.value;
  if (going.length === 0) return show(preview, message('info', 'No recovery point is past its end: all stay.'));
  const words = `Past the end that this policy gives: ${plural(going.length, 'recovery point')} would be removed.`;
  show(preview, message('warning', words), pointsTable(going, 'Recovery points that would go', context.now));
}

const told = ({ name, policy, recoveryPointsRemoved: gone }: ResumedItem): string => {
  const cost =
    gone.length === 0
      ? 'No recovery point was removed.'
      : `Removed, past the end: ${plural(gone.length, 'recovery point')}.`;
  return `${name} is protected again, by policy ${policy}. ${cost}`;
};

/** With any policy that fits. What it would cost is shown before. */
export async function resume(open: Open): Promise<boolean> {
  const { context, item, path } = open;
  const preview = h('div', { 'aria-live': 'polite' });
  const policy = await policyChoice(open, () => 'select' in policy && void look(open, policy, preview));
  if ('select' in policy) void look(open, policy, preview);
  const body = () => ({ policy: (policy as Choice).select.value });
  return ask({
    title: `Resume backup of ${item.name}`,
    content: ['select' in policy ? policy.element : policy, preview],
    submit: 'Resume backup',
    missing: () => ('select' in policy ? undefined : 'There is no policy to resume with.'),
    run: () =>
      act(context, context.api.send<ResumedItem>('POST', `${path}/resume`, { body: body(), etag: item.etag }), told),
  });
}

export async function changePolicy(open: Open): Promise<boolean> {
  const { context, item, path } = open;
  const policy = await policyChoice(open, () => undefined);
  return ask({
    title: `Change policy of ${item.name}`,
    content: [
      'select' in policy ? policy.element : policy,
      h('p', { class: 'quiet' }, 'A shorter policy lets existing recovery points expire earlier, and raises an alert.'),
    ],
    submit: 'Change policy',
    missing: () => ('select' in policy ? undefined : 'There is no policy to choose.'),
    run: () =>
      act(
        context,
        context.api.send<Item>('POST', `${path}/changePolicy`, {
          body: { policy: (policy as Choice).select.value },
          etag: item.etag,
        }),
        ({ name, policy: now }) => `${name} follows policy ${now} now.`,
      ),
  });
}
