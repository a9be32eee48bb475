import './components.ts';
import './style/main.css';
import { type Client, createClient, ReprieveError } from '../client/client.ts';
import type { Config, Session } from './auth/config.ts';
import { localSession } from './auth/local.ts';
import { mayAs, type Role } from './auth/roles.ts';
import { localClock, realClock, type ServiceClock } from './clock.ts';
import { h, show } from './dom/h.ts';
import { scrollMemory } from './dom/scroll.ts';
import type { Context, Page } from './parts/context.ts';
import { message } from './parts/messages.ts';
import { placeOf } from './router.ts';
import { shell } from './shell.ts';
import { startTheme } from './theme.ts';
import { viewOf } from './views/views.ts';

async function sessionOf(config: Config): Promise<Session | string> {
  if (config.mode === 'local') return localSession(config.idp);
  if (config.mode === 'entra') return (await import('./auth/entra.ts')).entraSession(config);
  return 'Sign-in to the portal is not set up: the service needs the setting PORTAL_CLIENT_ID.';
}

/** Shows the place that the address names, each time it changes and each time something was done. */
function run(root: HTMLElement, isLocal: boolean, session: Session): Promise<void> {
  const api: Client = createClient({ url: '', token: session.token, stepUp: session.stepUp });
  const clock: ServiceClock = isLocal ? localClock(api) : realClock;
  const scrolled = scrollMemory();
  const frame = shell(root, {
    who: session.name,
    signInAgain: async () => (await session.change()) && visit(false),
    moveClock: isLocal ? async () => (await clock.move()) && visit(true) : undefined,
  });
  let visits = 0;

  async function visit(isSame: boolean): Promise<void> {
    visits += 1;
    const mine = visits;
    scrolled.keep();
    frame.busy();
    const roles = await session.roles();
    const may = (role: Role): boolean => mayAs(roles, role);
    const now = may('Reader') ? await clock.read() : new Date();
    const place = placeOf(location.hash);
    const { list: listTop, page: top } = scrolled.recall();
    const refresh = (): void => void visit(true);
    const context: Context = { api, place, local: isLocal, now, listTop, may, refresh, say: frame.say };
    const result = await viewOf(context)(context).catch(failureOf);
    if (mine !== visits) return; // the person went on meanwhile
    frame.surround(may, now, clock.ahead());
    frame.page(result, place, isSame ? 'same' : top);
  }
  addEventListener('hashchange', () => {
    frame.hush();
    void visit(false);
  });
  return visit(false);
}

/** Anything but a problem of the API is a fault of the portal, and belongs into the console. */
function failureOf(error: unknown): Page | ReprieveError {
  if (error instanceof ReprieveError) return error;
  console.error(error);
  return { title: 'That did not work', body: 'The portal could not show this page. Load it again.' };
}

async function start(): Promise<void> {
  startTheme();
  const root = h('div', { class: 'root' });
  document.body.replaceChildren(root);
  try {
    const config: Config = await fetch('/portal/config.json').then((response) => response.json());
    const session = await sessionOf(config);
    if (typeof session !== 'string') return await run(root, config.mode === 'local', session);
    show(root, message('error', session));
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    show(root, message('error', `The portal could not start. ${why}`));
  }
}

void start();
