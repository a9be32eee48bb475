import { type Html, html } from './html.ts';
import type { Mail } from './inbox.ts';

export type View = 'html' | 'text';

/** One mail as its reader would see it. */
export const mailView = (mail: Mail, view: View): Html => html`<article>
<p class="back"><a href="/">← All mails</a></p>
<h2>${mail.subject}</h2>
<dl><dt>To</dt><dd>${mail.to.join(', ')}</dd><dt>Time</dt><dd>${timeOf(mail)}</dd></dl>
<nav class="views" aria-label="View">${choice(mail, 'html', view)}${choice(mail, 'text', view)}</nav>
${view === 'html' ? asHtml(mail) : asText(mail)}
</article>`;

const NAMES: { readonly [V in View]: string } = { html: 'HTML', text: 'Text' };

const choice = ({ id }: Mail, which: View, shown: View): Html =>
  html`<a href="/mails/${id}/${which}"${which === shown ? html` aria-current="true"` : ''}>${NAMES[which]}</a>`;

/** No script and no origin in the frame; a link that is clicked opens beside it, as in a mail reader. */
function asHtml({ html: body }: Mail): Html {
  if (body === null) return html`<p class="hint">This mail has no HTML.</p>`;
  return html`<iframe title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${LINKS_BESIDE + body}"></iframe>`;
}

const LINKS_BESIDE = '<base target="_blank">';

const asText = ({ text }: Mail): Html =>
  text === null ? html`<p class="hint">This mail has no text.</p>` : html`<pre>${text}</pre>`;

const OWN_TIME = /^ *Time: +(\d{4}-\d\d-\d\d) (\d\d:\d\d)/gm;
/** A digest has no time but those of what it lists, each at the end of a line. */
const LISTED_TIME = /(\d{4}-\d\d-\d\d)\s+(\d\d:\d\d)$/gm;

/** A letter says when it happened, by the clock of the service, which may be ahead of the real one. Other mails show when they arrived. */
export function timeOf({ text, receivedAt }: Mail): Html {
  const latest = (pattern: RegExp) =>
    [...(text ?? '').matchAll(pattern)]
      .map(([, day, time]) => `${day}T${time}`)
      .sort()
      .at(-1);
  const at = latest(OWN_TIME) ?? latest(LISTED_TIME) ?? receivedAt.slice(0, 16);
  return html`<time datetime="${at}Z">${at.replace('T', ' ')} UTC</time>`;
}
