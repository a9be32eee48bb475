import { ReprieveError } from '../../client/client.ts';
import { h } from '../dom/h.ts';
import { choice } from '../parts/controls.ts';
import { ask } from '../parts/dialog.ts';
import type { Session } from './config.ts';
import { CALLERS, callerOf, type LocalCaller } from './roles.ts';

const KEY = 'reprieve.caller';

/** A local run: its identity provider vouches for each person that you choose to be, second factor included. */
export function localSession(idp: string): Session {
  let caller = callerOf(sessionStorage.getItem(KEY));
  let kept: { readonly token: string; readonly until: number } | undefined;

  async function mint({ sub, roles }: LocalCaller, mfa: boolean): Promise<string> {
    // sent as plain text, which the browser lets through without a preflight request
    const response = await fetch(`${idp}/token`, { method: 'POST', body: JSON.stringify({ sub, roles, mfa }) });
    const { access_token }: { access_token: string } = await response.json();
    kept = { token: access_token, until: Date.now() + 50 * 60_000 };
    return access_token;
  }

  async function token(): Promise<string | undefined> {
    if (kept && kept.until > Date.now()) return kept.token;
    // without a token the caller is the local user: the page then works even without the identity provider
    return caller === CALLERS[0] ? undefined : mint(caller, false);
  }

  const stepUp = (): Promise<boolean> =>
    ask({
      title: 'Second factor needed',
      content: [
        h('p', {}, 'This operation needs a sign-in with a second factor that is at most ten minutes old.'),
        h('p', {}, `In a local run the identity provider at ${idp} vouches for ${caller.sub} at once.`),
      ],
      submit: 'Sign in with second factor',
      run: () =>
        mint(caller, true).then(
          () => undefined,
          () =>
            new ReprieveError({ status: 0, code: 'Unreachable', message: 'The identity provider does not answer.' }),
        ),
    });

  async function change(): Promise<boolean> {
    const { select, element } = choice(
      'Person',
      CALLERS.map(({ id, text }) => ({ value: id, text })),
      caller.id,
    );
    return ask({
      title: 'Who do you want to be?',
      content: [
        h('p', {}, 'A local run needs no sign-in: choose a person, and the identity provider vouches for them.'),
        element,
      ],
      submit: 'Sign in',
      run: async () => {
        caller = callerOf(select.value);
        kept = undefined;
        sessionStorage.setItem(KEY, caller.id);
        return undefined;
      },
    });
  }
  return { name: () => caller.sub, roles: async () => caller.roles, token, stepUp, change };
}
