import './components.ts';
import './style/main.css';
import { client } from './api/client.ts';
import { UNREACHABLE } from './api/problem.ts';
import type { Config, Session } from './auth/config.ts';
import { localSession } from './auth/local.ts';
import { localClock, realClock, type ServiceClock } from './clock.ts';
import { h, show } from './dom/h.ts';
import type { Context } from './parts/context.ts';
import { problemMessage } from './parts/messages.ts';
import { placeOf } from './router.ts';
import { type Shell, shell } from './shell.ts';
import { startTheme } from './theme.ts';
import { viewOf } from './views/views.ts';
import { instant } from './words/time.ts';

async function sessionOf(config: Config): Promise<Session | string> {
  if (config.mode === 'local') return localSession(config.idp);
  if (config.mode === 'entra') return (await import('./auth/entra.ts')).entraSession(config);
  return 'Sign-in to the portal is not set up: the service needs the setting PORTAL_CLIENT_ID.';
}

/** Reads the place in the address and shows it, again and again. */
function run(root: HTMLElement, isLocal: boolean, session: Session): Promise<void> {
  const { token, stepUp } = session;
  const api = client({ fetch: fetch.bind(window), newId: () => crypto.randomUUID(), token, stepUp });
  const clock: ServiceClock = isLocal ? localClock(api) : realClock;
  const frame: Shell = shell(root, {
    who: session.name,
    signInAgain: async () => (await session.change()) && visit(false),
    moveClock: isLocal ? async () => (await clock.move()) && visit(true) : undefined,
  });
  let visits = 0;

  async function visit(same: boolean): Promise<void> {
    visits += 1;
    const mine = visits;
    frame.busy();
    const now = await clock.read();
    const place = placeOf(location.hash);
    const context: Context = { api, place, local: isLocal, now, refresh: () => void visit(true), say: frame.say };
    const result = await viewOf(place)(context).catch(() => UNREACHABLE);
    if (mine !== visits) return; // the person went on meanwhile
    frame.retell(clockWords(clock, now));
    frame.page(result, place, same);
  }
  addEventListener('hashchange', () => {
    frame.hush();
    void visit(false);
  });
  return visit(false);
}

async function start(): Promise<void> {
  startTheme();
  const root = h('div', { class: 'root' });
  document.body.replaceChildren(root);
  try {
    const config: Config = await fetch('/portal/config.json').then((response) => response.json());
    const session = await sessionOf(config);
    if (typeof session !== 'string') return await run(root, config.mode === 'local', session);
    show(root, problemMessage({ ...UNREACHABLE, code: 'SignInNotSetUp', message: session }));
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    show(root, problemMessage({ ...UNREACHABLE, message: `The portal could not start. ${why}` }));
  }
}

const clockWords = (clock: ServiceClock, now: Date): string => {
  const days = Math.round((clock.ahead() / 24) * 10) / 10;
  return `${instant(now.toISOString())}${days > 0 ? ` (+${days} d)` : ''}`;
};

void start();
