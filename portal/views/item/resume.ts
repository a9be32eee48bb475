import type { ResumedItem, ResumePreview } from '../../../client/api.ts';
import type { Problem } from '../../../client/client.ts';
import { h, show } from '../../dom/h.ts';
import { act } from '../../parts/act.ts';
import { type Choice, choice, progress } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { message, problemMessage } from '../../parts/messages.ts';
import { hasPoints, kept } from '../../words/labels.ts';
import { plural } from '../../words/time.ts';
import type { Open } from './open.ts';
import { pointsTable } from './points.ts';

/** The policies of the vault that fit the workload, or the reason why there is none to choose. */
async function policyChoice(open: Open, onchange: () => unknown): Promise<Choice | HTMLElement> {
  const { context, item } = open;
  const policies = await context.api
    .all('listPolicies', { names: { vault: item.vault } })
    .catch((problem: Problem) => problem);
  if ('code' in policies) return problemMessage(policies);
  const fitting = policies.filter(({ workloads }) => workloads.includes(item.workload));
  if (fitting.length === 0) return message('warning', `The vault has no policy for ${item.workload}. Make one first.`);
  return choice(
    'Policy',
    fitting.map((policy) => ({ value: policy.name, text: `${policy.name} (${kept(policy)})` })),
    item.policy ?? item.previousPolicy ?? '',
    { onchange, id: 'policy' },
  );
}

/** Shows which recovery points a policy would remove. */
async function look({ context, names }: Open, policy: Choice, preview: HTMLElement): Promise<void> {
  const asked = policy.select.value;
  show(preview, progress('Looking which recovery points would be removed'));
  const answer = await context.api.ask('resumeItem', { names, query: { preview: true }, body: { policy: asked } });
  if (asked !== policy.select.value) return; // another was chosen meanwhile
  if (!answer.ok) return show(preview, problemMessage(answer.problem));
  const { recoveryPointsToRemove: going } = answer.value as ResumePreview;
  if (going.length === 0) return show(preview, message('info', 'No recovery point would be removed.'));
  const words = `Older than this policy allows: ${plural(going.length, 'recovery point')} would be removed.`;
  show(preview, message('warning', words), pointsTable(going, 'Recovery points that would be removed', context.now));
}

const told = ({ name, policy, recoveryPointsRemoved: gone }: ResumedItem): string => {
  const cost =
    gone.length === 0
      ? 'No recovery point was removed.'
      : `Removed: ${plural(gone.length, 'recovery point')} older than the policy allows.`;
  return `${name} is protected again, by policy ${policy}. ${cost}`;
};

/** What has no recovery points has no policy to choose. */
const resumeWithout = ({ context, item, names }: Open): Promise<boolean> =>
  ask({
    title: `Resume protection of ${item.name}`,
    content: h('p', {}, 'It has no recovery points, so there is no policy to choose.'),
    submit: 'Resume',
    run: () =>
      act(
        context,
        context.api.ask('resumeItem', { names, body: {}, etag: item.etag }),
        () => `${item.name} is protected again.`,
      ),
  });

/** With any policy that fits. The dialog shows before which recovery points it would remove. */
export async function resume(open: Open): Promise<boolean> {
  const { context, item, names } = open;
  if (!hasPoints(item)) return resumeWithout(open);
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
      act(context, context.api.ask('resumeItem', { names, body: body(), etag: item.etag }), (resumed) =>
        told(resumed as ResumedItem),
      ),
  });
}

export async function changePolicy(open: Open): Promise<boolean> {
  const { context, item, names } = open;
  const policy = await policyChoice(open, () => undefined);
  return ask({
    title: `Change policy of ${item.name}`,
    content: [
      'select' in policy ? policy.element : policy,
      h(
        'p',
        { class: 'quiet' },
        'Under a shorter policy the existing recovery points expire earlier, and an alert is raised.',
      ),
    ],
    submit: 'Change policy',
    missing: () => ('select' in policy ? undefined : 'There is no policy to choose.'),
    run: () =>
      act(
        context,
        context.api.ask('changePolicy', {
          names,
          body: { policy: (policy as Choice).select.value },
          etag: item.etag,
        }),
        ({ name, policy: now }) => `${name} follows policy ${now} now.`,
      ),
  });
}

export const undelete = ({ context, item, names }: Open): Promise<boolean> =>
  ask({
    title: `Undelete ${item.name}`,
    content: [
      h(
        'p',
        {},
        'All its recovery points come back, also those that are older than the policy allows. The state is then “Protection stopped”: nothing is deleted and nothing expires.',
      ),
      hasPoints(item) && h('p', {}, 'New backups do not start by themselves: use “Resume backup” afterwards.'),
    ],
    submit: 'Undelete',
    run: () =>
      act(
        context,
        context.api.ask('undeleteItem', { names, body: {}, etag: item.etag }),
        ({ name, recoveryPoints: { count } }) =>
          `${name} is back, with ${plural(count, 'recovery point')}. Backups are stopped until you resume them.`,
      ),
  });
