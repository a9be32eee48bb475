import { type Cells, type Page, SEVERITIES, type Writer, write } from './blocks.ts';

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

const row = ([label, value]: readonly [string, string]): readonly string[] => {
  const start = `  ${`${label}:`.padEnd(LABEL)} `;
  return wrapped(value, start, ' '.repeat(LABEL + 3));
};

const listed = ([name = '', ...rest]: Cells): readonly string[] =>
  wrapped(`${name}: ${rest.filter(Boolean).join('; ')}`, '  - ', '    ');

const indented = (command: string): readonly string[] => command.split('\n').map((line) => `  ${line}`);

const WRITER: Writer<readonly string[]> = {
  paragraph: ({ text }) => wrapped(text, '', ''),
  action: ({ texts }) => ['What to do', ...texts.flatMap((text) => wrapped(text, '  ', '  '))],
  facts: ({ title, rows }) => [title, ...rows.flatMap(row)],
  commands: ({ title, lines }) => [...wrapped(title, '', ''), ...lines.flatMap(indented)],
  table: ({ title, head, rows }) => [title, ...[head, ...rows].flatMap(listed)],
};

export function asText({ severity, event, about, blocks, because }: Page): string {
  const heading = [...wrapped(`${severity} ${SEVERITIES[severity].word}: ${event}`, '', ''), ...(about ? [about] : [])];
  const paragraphs = [heading, ...blocks.map((block) => write(WRITER, block)), wrapped(because, '', '')];
  return `${paragraphs.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
