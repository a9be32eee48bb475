import { type Html, html } from './html.ts';
import type { Mail } from './inbox.ts';

export type View = 'html' | 'text';

/** One mail as its reader would see it. */
export const mailView = (mail: Mail, view: View): Html => html`<article>
<p class="back"><a href="/">← All mails</a></p>
<h2>${mail.subject}</h2>
<dl><dt>To</dt><dd>${mail.to.join(', ')}</dd><dt>Received</dt><dd><time datetime="${mail.receivedAt}">${mail.receivedAt}</time></dd></dl>
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
