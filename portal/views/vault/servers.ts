import type { Server, Vault } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import { act, actNow } from '../../parts/act.ts';
import type { Context } from '../../parts/context.ts';
import { button } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { type Column, table } from '../../parts/table.ts';
import { spaced } from '../../words/labels.ts';

const deregister = (context: Context, vault: Vault, server: Server): Promise<boolean> =>
  ask({
    title: `Deregister ${server.name}`,
    content: h(
      'p',
      {},
      'Delete all its backups first. While some of them are soft deleted, the server is soft deleted too, and it comes back when they are undeleted.',
    ),
    submit: 'Deregister',
    danger: true,
    run: () =>
      act(
        context,
        context.api.ask('deleteServer', { names: { vault: vault.name, server: server.name }, etag: server.etag }),
        () => `${server.name} is deregistered.`,
      ),
  });

const passphrase = (context: Context, vault: Vault, server: Server): Promise<void> =>
  actNow(
    context,
    context.api.ask('changePassphrase', {
      names: { vault: vault.name, server: server.name },
      body: {},
      etag: server.etag,
    }),
    () => `The change of the passphrase of ${server.name} is allowed, and an alert tells of it.`,
  );

const commands = (context: Context, vault: Vault): Column<Server> => ({
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
});

export const servers = (context: Context, vault: Vault, found: readonly Server[]): Content =>
  table<Server>(
    'Servers',
    [
      { title: 'Name', cell: ({ name }) => name },
      { title: 'Agent', cell: ({ kind, agentVersion }) => `${kind} ${agentVersion}` },
      { title: 'Registration', cell: ({ registration }) => spaced(registration), minor: true },
      ...(context.may('Contributor') ? [commands(context, vault)] : []),
    ],
    found,
    'No server is registered.',
  );
