/** The inbox for people: plain pages and links, no script. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from './answer.ts';
import type { Route } from './ask.ts';
import { type Html, html } from './html.ts';
import type { Mail } from './inbox.ts';
import { mailView, timeOf, type View } from './mailView.ts';

const SHOWN = 200;

/** All mails. Where there is room beside the list, the newest is open. */
export const inboxPage: Route = (_, { inbox }) => {
  const mails = inbox.mails();
  const [newest] = mails;
  const title = `Inbox (${mails.length})`;
  if (!newest) return page(200, { title, mails, content: EMPTY, shows: 'list' });
  return page(200, { title, mails, shows: 'list', ...opened(newest, bestView(newest)) });
};

/** `best`: as HTML if the mail has any. */
export const mailPage =
  (wish: View | 'best'): Route =>
  (_, { inbox }, id) => {
    const mails = inbox.mails();
    const mail = inbox.find(id);
    if (!mail) return page(404, { title: 'No such mail', mails, content: GONE, shows: 'mail' });
    const view = wish === 'best' ? bestView(mail) : wish;
    return page(200, { title: mail.subject, mails, shows: 'mail', ...opened(mail, view) });
  };

const bestView = ({ html: body }: Mail): View => (body === null ? 'text' : 'html');

const opened = (mail: Mail, view: View) => ({ mail, content: mailView(mail, view), framed: view === 'html' });

const STYLE = readFileSync(join(import.meta.dirname, 'style.css'), 'utf8');

export const style: Route = () => ({ status: 200, type: 'text/css; charset=utf-8', body: STYLE });

const EMPTY = html`<div class="hint"><h2>No mail yet</h2><p>Every mail that Reprieve sends on this machine lands here
and nowhere else: deleted backups, purges, refusals and the digest. Stop protection of an item and delete its data to see
the first one, then <a href="/">look again</a>.</p></div>`;

const GONE = html`<div class="hint"><h2>This mail is not here</h2><p>The inbox was emptied, or the link is wrong.
<a href="/">Go to the inbox</a>.</p></div>`;

interface Page {
  readonly title: string;
  /** What a narrow window shows: it has no room for both. */
  readonly shows: 'list' | 'mail';
  readonly mails: readonly Mail[];
  readonly mail?: Mail;
  readonly content: Html;
  readonly framed?: boolean;
}

function page(status: number, { title, shows, mails, mail, content, framed = false }: Page): Answer {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Reprieve mail</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><h1><a href="/">Reprieve mail</a></h1><p>Sent on this machine, delivered to nobody.</p></header>
<main class="shows-${shows}">
<nav aria-label="Mails">${list(mails, mail)}</nav>
<div class="opened">${content}</div>
</main>
</body>
</html>
`;
  const headers = { 'content-security-policy': policy(framed), 'referrer-policy': 'no-referrer' };
  return { status, type: 'text/html; charset=utf-8', body: markup, headers };
}

/** A frame with `srcdoc` inherits the policy of its page, and the look of a mail is inline styles. */
const policy = (framed: boolean): string =>
  `default-src 'none'; style-src 'self'${framed ? " 'unsafe-inline'" : ''}; img-src data:; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function list(mails: readonly Mail[], shown: Mail | undefined): Html {
  const more = mails.length - SHOWN;
  return html`<p class="count">${mails.length === 1 ? '1 mail' : `${mails.length} mails`} · <a href="/">Refresh</a></p>
<ul>${mails.slice(0, SHOWN).map((mail) => entry(mail, mail === shown))}</ul>
${more > 0 ? html`<p class="count">${more} older ones are in <a href="/inbox">/inbox</a>.</p>` : ''}`;
}

const entry = (mail: Mail, isShown: boolean): Html =>
  html`<li><a href="/mails/${mail.id}"${isShown ? html` aria-current="true"` : ''}>
<strong>${mail.subject}</strong><span>${mail.to.join(', ')}</span>${timeOf(mail)}
</a></li>`;
