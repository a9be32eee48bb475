import { at } from '../../api/client.ts';
import type { SecurityPin, Server, Vault } from '../../api/types.ts';
import { type Content, h } from '../../dom/h.ts';
import { act, actNow } from '../../parts/act.ts';
import type { Context } from '../../parts/context.ts';
import { button } from '../../parts/controls.ts';
import { ask, tell } from '../../parts/dialog.ts';
import { table } from '../../parts/table.ts';
import { spaced } from '../../words/labels.ts';
import { instant } from '../../words/time.ts';

/** Shown once, and kept nowhere: neither here nor in any log. */
async function issuePin({ api, say }: Context, { name }: Vault): Promise<void> {
  const answer = await api.send<SecurityPin>('POST', `${at('vaults', name)}/securityPin`, { body: {} });
  if (!answer.ok) return say(answer.problem.message, 'error');
  const { securityPin, expiresAt } = answer.value;
  await tell('Security PIN', [
    h('output', { class: 'pin', 'aria-label': `PIN ${[...securityPin].join(' ')}` }, securityPin),
    h(
      'p',
      {},
      `It works once, in vault ${name}, until ${instant(expiresAt)}. A new one revokes it. It is not shown again.`,
    ),
  ]);
}

const deregister = (context: Context, vault: Vault, server: Server): Promise<boolean> =>
  ask({
    title: `Deregister ${server.name}`,
    content: h(
      'p',
      {},
      'Every backup of it must have been deleted before. While some are only soft deleted, the server is too, and comes back when they are undeleted.',
    ),
    submit: 'Deregister',
    danger: true,
    run: () =>
      act(
        context,
        context.api.send('DELETE', at('vaults', vault.name, 'servers', server.name), { etag: server.etag }),
        () => `${server.name} is deregistered.`,
      ),
  });

const passphrase = (context: Context, vault: Vault, server: Server): Promise<void> =>
  actNow(
    context,
    context.api.send('POST', `${at('vaults', vault.name, 'servers', server.name)}/changePassphrase`, {
      body: {},
      etag: server.etag,
    }),
    () => `The change of ${server.name}'s passphrase is allowed and told.`,
  );

export const servers = (context: Context, vault: Vault, found: readonly Server[]): Content => [
  h(
    'p',
    {},
    'Agents on premises bring a security PIN for critical operations. Issuing one needs a sign-in with the second factor.',
  ),
  h(
    'p',
    {},
    button('Issue security PIN', () => issuePin(context, vault), { id: 'do-pin' }),
  ),
  table<Server>(
    'Servers',
    [
      { title: 'Name', cell: ({ name }) => name },
      { title: 'Agent', cell: ({ kind, agentVersion }) => `${kind} ${agentVersion}` },
      { title: 'Registration', cell: ({ registration }) => spaced(registration), minor: true },
      {
        title: 'Commands',
        cell: (server) =>
          h(
            'span',
            { class: 'row-commands' },
            button('Change passphrase', () => passphrase(context, vault, server), {
              size: 'small',
              'aria-label': `Change passphrase of ${server.name}`,
            }),
            button('Deregister', () => deregister(context, vault, server), {
              size: 'small',
              'aria-label': `Deregister ${server.name}`,
            }),
          ),
      },
    ],
    found,
    'No server is registered.',
  ),
];
