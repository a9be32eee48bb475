import type { PinOperation, SecurityPin, Server, Vault } from '../../../client/api.ts';
import type { Problem } from '../../../client/client.ts';
import { type Content, h } from '../../dom/h.ts';
import type { Context } from '../../parts/context.ts';
import { button, choice } from '../../parts/controls.ts';
import { ask, tell } from '../../parts/dialog.ts';
import { instant } from '../../words/time.ts';

const OPENS: { readonly [O in PinOperation]: string } = {
  deleteProtection: 'Delete backups of a server',
  changePassphrase: 'Change the passphrase of a server',
  changeSettings: 'Change settings, by an app',
};
const OPERATIONS = Object.keys(OPENS) as readonly PinOperation[];

/** What the PIN is to open. A PIN for one server is safer: what others guess about their servers cannot revoke it. */
function wishOf({ hybrid }: Vault, servers: readonly Server[]) {
  const operations = OPERATIONS.filter((one) => hybrid !== null || one === 'changeSettings');
  const operation = choice(
    'What it opens',
    operations.map((value) => ({ value, text: OPENS[value] })),
    operations[0] ?? '',
    { id: 'pin-operation', onchange: () => explain() },
  );
  const every = { value: '', text: 'Every server of the vault' };
  const server = choice(
    'On which server',
    [...servers.map(({ name }) => ({ value: name, text: name })), every],
    servers[0]?.name ?? '',
    { id: 'pin-server' },
  );
  const isOfServer = () => operation.select.value !== 'changeSettings';
  function explain(): void {
    server.element.hidden = !isOfServer();
  }
  explain();
  return {
    content: [operation.element, server.element],
    body: () => ({
      operation: operation.select.value as PinOperation,
      ...(isOfServer() && server.select.value !== '' ? { server: server.select.value } : {}),
    }),
  };
}

/** The PIN is shown once and kept nowhere: not here, and in no log. */
const shown = ({ name }: Vault, { securityPin, operation, server, expiresAt }: SecurityPin): Promise<void> =>
  tell('Security PIN', [
    h('output', { class: 'pin', 'aria-label': `PIN ${[...securityPin].join(' ')}` }, securityPin),
    h(
      'p',
      {},
      `${OPENS[operation]}: it works once, ${server === null ? `in vault ${name}` : `on ${server}`}, until ${instant(expiresAt)}. A new one for the same revokes it. It is not shown again.`,
    ),
  ]);

async function issuePin({ api, refresh }: Context, vault: Vault, servers: readonly Server[]): Promise<void> {
  const wish = wishOf(vault, servers);
  let issued: SecurityPin | undefined;
  const run = async (): Promise<Problem | undefined> => {
    const answer = await api.ask('issueSecurityPin', { names: { vault: vault.name }, body: wish.body() });
    if (!answer.ok) return answer.problem;
    issued = answer.value;
    return undefined;
  };
  await ask({ title: 'Issue a security PIN', content: wish.content, submit: 'Issue PIN', run });
  if (issued) await shown(vault, issued);
  else refresh();
}

export const securityPin = (context: Context, vault: Vault, servers: readonly Server[]): Content => [
  h(
    'p',
    {},
    'An agent or an app has no second factor, so it sends a security PIN for a critical operation. To issue one you need a sign-in with a second factor.',
  ),
  h(
    'p',
    {},
    button('Issue security PIN', () => issuePin(context, vault, servers), { id: 'do-pin' }),
  ),
];
