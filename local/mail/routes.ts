import { type Answer, json, problem } from './answer.ts';
import type { Ask, Office, Route } from './ask.ts';
import { throughTheDoor } from './door.ts';
import { Fault } from './faults.ts';
import { Limit } from './limits.ts';
import { inboxPage, mailPage, style } from './pages.ts';
import { send } from './send.ts';
import { operationStatus } from './status.ts';
import { switchable } from './switch.ts';

const inbox: Route = ({ query }, office) => json(200, { value: office.inbox.mails(query.get('to') ?? undefined) });

const clearInbox: Route = (_, office) => {
  office.inbox.clear();
  return { status: 204, type: 'application/json', body: '' };
};

type Methods = Readonly<Record<string, Route>>;

/** The first two are those of Communication Services; the others are for tests and people. */
const ROUTES: readonly (readonly [RegExp, Methods])[] = [
  [/^\/emails:send$/, { POST: throughTheDoor(send) }],
  [/^\/emails\/operations\/([^/]+)$/, { GET: throughTheDoor(operationStatus) }],
  [/^\/inbox$/, { GET: inbox, DELETE: clearInbox }],
  [/^\/faults$/, switchable(Fault, ({ faults }) => faults)],
  [/^\/limits$/, switchable(Limit, ({ limits }) => limits)],
  [/^\/$/, { GET: inboxPage }],
  [/^\/mails\/([^/]+)$/, { GET: mailPage('best') }],
  [/^\/mails\/([^/]+)\/html$/, { GET: mailPage('html') }],
  [/^\/mails\/([^/]+)\/text$/, { GET: mailPage('text') }],
  [/^\/style\.css$/, { GET: style }],
];

export function answer(ask: Ask, office: Office): Answer {
  for (const [pattern, methods] of ROUTES) {
    const found = pattern.exec(ask.path);
    if (!found) continue;
    const route = Object.hasOwn(methods, ask.method) ? methods[ask.method] : undefined;
    if (route) return route(ask, office, found[1] ?? '');
    const allow = Object.keys(methods).join(', ');
    return problem(405, 'MethodNotAllowed', `Here only ${allow}.`, { allow });
  }
  return problem(404, 'NotFound', 'There is nothing here; the inbox is at / for people and at /inbox for programs.');
}
