/** A letter's page, written twice. */
import { type Cells, type Page, type Row, SEVERITIES, type Writer, write } from './blocks.ts';

const WIDTH = 76;
const LABEL = 18;

/** Breaks a text into lines of at most 76 characters. A longer word stays whole, so that people can copy it. */
function wrapped(text: string, first: string, others: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = others;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

const textRow = ([label, value]: Row): readonly string[] => {
  const start = `  ${`${label}:`.padEnd(LABEL)} `;
  return wrapped(value, start, ' '.repeat(LABEL + 3));
};

const listed = ([name = '', ...rest]: Cells): readonly string[] =>
  wrapped(`${name}: ${rest.filter(Boolean).join('; ')}`, '  - ', '    ');

const indented = (command: string): readonly string[] => command.split('\n').map((line) => `  ${line}`);

const TEXT: Writer<readonly string[]> = {
  paragraph: ({ text }) => wrapped(text, '', ''),
  action: ({ texts }) => ['What to do', ...texts.flatMap((text) => wrapped(text, '  ', '  '))],
  facts: ({ title, rows }) => [title, ...rows.flatMap(textRow)],
  commands: ({ title, lines }) => [...wrapped(title, '', ''), ...lines.flatMap(indented)],
  page: ({ title, address }) => [title, ...indented(address)],
  table: ({ title, head, rows }) => [title, ...[head, ...rows].flatMap(listed)],
};

export function asText({ severity, event, about, blocks, because, evidence }: Page): string {
  const heading = [...wrapped(`${severity} ${SEVERITIES[severity].word}: ${event}`, '', ''), ...(about ? [about] : [])];
  const paragraphs = [heading, ...blocks.map((block) => write(TEXT, block)), wrapped(because, '', ''), evidence];
  return `${paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** Markup that is safe to send. */
export interface Markup {
  readonly markup: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** The only way to markup: it escapes all that is put into the template, except what it has made itself. */
export function html(fixed: TemplateStringsArray, ...pieces: readonly (string | Markup | readonly Markup[])[]): Markup {
  const written = pieces.map((piece) => {
    if (typeof piece === 'string') return escaped(piece);
    return 'markup' in piece ? piece.markup : piece.map(({ markup }) => markup).join('');
  });
  return { markup: fixed.map((text, index) => text + (written[index] ?? '')).join('') };
}

/**
 * We use only inline styles and tables, because every mail client draws those. Text and background keep the client's own
 * colours, light or dark. Greys are half transparent, so that they suit both.
 */
const FONT = 'font-family:Segoe UI,Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.45';
const BREAK = 'overflow-wrap:anywhere;word-break:break-word';
const LINE = '1px solid rgba(127,127,127,.35)';
const GROUND = 'background-color:rgba(127,127,127,.13)';
const STYLES = {
  cell: `padding:0 20px 18px;${BREAK}`,
  title: 'margin:0 0 6px;font-size:17px;line-height:1.3;font-weight:600',
  table: `width:100%;border-collapse:collapse;font-size:15px;line-height:1.4`,
  label: `width:112px;padding:6px 12px 6px 0;border-top:${LINE};text-align:left;font-weight:400;opacity:.75`,
  value: `padding:6px 0;border-top:${LINE};${BREAK}`,
  // The cells have no style of their own: a table may have thousands of them.
  row: `border-top:${LINE}`,
  action: `padding:14px 16px;${GROUND}`,
  command: `margin:0 0 6px;padding:10px 12px;${GROUND};font-family:Consolas,Menlo,monospace;font-size:15px;line-height:1.4;white-space:pre-wrap;${BREAK}`,
  evidence: 'margin:8px 0 0;font-family:Consolas,Menlo,monospace;font-size:12px;line-height:1.4;opacity:.75',
  hidden: 'display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px',
} as const;

const title = (text: string): Markup => html`<h2 style="${STYLES.title}">${text}</h2>`;

const factRow = ([label, value]: Row): Markup =>
  html`<tr><th scope="row" valign="top" style="${STYLES.label}">${label}</th><td valign="top" style="${STYLES.value}">${value}</td></tr>`;

const listRow = (cells: Cells): Markup =>
  html`<tr valign="top" style="${STYLES.row}">${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`;

/** Names and times stay whole on a phone. The column between them takes the rest. */
const WIDTHS = ['31%', 'auto', '31%'];
const headCell = (text: string, index: number): Markup =>
  html`<th scope="col" align="left" width="${WIDTHS[index] ?? 'auto'}" style="font-weight:600">${text}</th>`;

/** A phone breaks a command between words, where people expect it, and never inside an option. */
const SHORT = 28;
const word = (text: string): Markup =>
  text.length > SHORT ? html`${text}` : html`<span style="white-space:nowrap">${text}</span>`;
const words = (line: string): readonly Markup[] =>
  line.split(/([ \n])/).map((part) => (part.trim() === '' ? html`${part}` : word(part)));

const HTML: Writer<Markup> = {
  paragraph: ({ text }) => html`<p style="margin:0">${text}</p>`,
  action: ({ texts }) =>
    html`<div style="${STYLES.action}">${title('What to do')}${texts.map((text) => html`<p style="margin:6px 0 0">${text}</p>`)}</div>`,
  facts: (block) =>
    html`${title(block.title)}<table width="100%" cellpadding="0" cellspacing="0" border="0" style="${STYLES.table}">${block.rows.map(factRow)}</table>`,
  commands: (block) =>
    html`${title(block.title)}${block.lines.map((line) => html`<pre style="${STYLES.command}">${words(line)}</pre>`)}`,
  page: (block) => html`${title(block.title)}<p style="margin:0"><a href="${block.address}">${block.address}</a></p>`,
  table: (block) =>
    html`${title(block.title)}<table width="100%" cellpadding="6" cellspacing="0" border="0" style="${STYLES.table}"><tr valign="top">${block.head.map(headCell)}</tr>
${block.rows.map(listRow)}</table>`,
};

const section = (inside: Markup): Markup => html`<tr><td style="${STYLES.cell}">${inside}</td></tr>
`;

function band({ severity, event, about }: Page): Markup {
  const { word, colour } = SEVERITIES[severity];
  const under = about === '' ? html`` : html`<p style="margin:6px 0 0;color:#ffffff">${about}</p>`;
  return html`<tr><td bgcolor="${colour}" style="padding:16px 20px;background-color:${colour};color:#ffffff;${BREAK}">
<p style="margin:0 0 4px;font-size:15px;font-weight:600;color:#ffffff">${severity} ${word}</p>
<h1 style="margin:0;font-size:22px;line-height:1.25;font-weight:600;color:#ffffff">${event}</h1>${under}</td></tr>
<tr><td style="padding:0 0 18px;line-height:1px;font-size:1px">&nbsp;</td></tr>
`;
}

export const asHtml = (page: Page): string =>
  html`<!doctype html>
<html lang="en" style="color-scheme:light dark">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${page.subject}</title>
</head>
<body style="margin:0;padding:0;${FONT}">
<div style="${STYLES.hidden}">${page.preview}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;text-align:left;${FONT}">
${band(page)}${page.blocks.map((block) => section(write(HTML, block)))}${section(
  html`<p style="margin:0;padding:14px 0 0;border-top:${LINE};font-size:15px;opacity:.75">${page.because}</p>${page.evidence.map(
    (line) => html`<p style="${STYLES.evidence}">${line}</p>
`,
  )}`,
)}</table>
</td></tr></table>
</body>
</html>
`.markup;
