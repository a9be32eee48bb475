import type { AccountInfo } from '@azure/msal-browser';
import { h } from '../dom/h.ts';
import { ask } from '../parts/dialog.ts';
import type { Config, Session } from './config.ts';
import { rolesIn } from './roles.ts';

type Entra = Extract<Config, { mode: 'entra' }>;

/** Microsoft Entra ID. The whole page goes there and comes back to where it was, so no pop-up window is needed. */
export async function entraSession({ clientId, authority, scope, stepUpContext }: Entra): Promise<Session> {
  const { CacheLookupPolicy, PublicClientApplication } = await import('@azure/msal-browser');
  const app = new PublicClientApplication({
    auth: { clientId, authority, redirectUri: `${location.origin}/portal` },
    cache: { cacheLocation: 'sessionStorage' },
  });
  await app.initialize();
  const came = await app.handleRedirectPromise();
  const found: AccountInfo | undefined = came?.account ?? app.getAllAccounts()[0];
  const scopes = [scope];

  if (!found) {
    await app.loginRedirect({ scopes });
    return new Promise(() => undefined); // the browser is leaving this page
  }

  const account: AccountInfo = found;

  async function token(): Promise<string> {
    try {
      // only by refresh token: the policy of this page forbids hidden frames
      const cacheLookupPolicy = CacheLookupPolicy.AccessTokenAndRefreshToken;
      return (await app.acquireTokenSilent({ scopes, account, cacheLookupPolicy })).accessToken;
    } catch {
      await app.acquireTokenRedirect({ scopes, account });
      return new Promise(() => undefined);
    }
  }

  const stepUp = (): Promise<boolean> =>
    ask({
      title: 'Second factor needed',
      content: h(
        'p',
        {},
        'You will be asked to sign in again with a second factor, and come back here. Then repeat what you were about to do.',
      ),
      submit: 'Sign in with second factor',
      run: async () => {
        const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: stepUpContext } } });
        await app.acquireTokenRedirect({ scopes, account, claims, prompt: 'login' });
        return undefined;
      },
    });

  const change = async (): Promise<boolean> => {
    await app.logoutRedirect({ account });
    return false;
  };
  return { name: () => account.username, roles: async () => rolesIn(await token()), token, stepUp, change };
}
