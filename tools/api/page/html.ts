/** Text that cannot become markup, and the little markup that the words of the document have. */
export const safe = (text: unknown): string => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** `code` and **strong**; everything else as it is. */
export const inline = (words: unknown): string =>
  safe(words ?? '')
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>');

export const paragraphs = (words: string): string =>
  words
    .split('\n\n')
    .map((one) => `<p>${inline(one)}</p>`)
    .join('');

export const table = (caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0
    ? ''
    : `<table><caption>${safe(caption)}</caption><thead><tr>${heads
        .map((head) => `<th scope="col">${safe(head)}</th>`)
        .join('')}</tr></thead><tbody>${rows
        .map(([first = '', ...rest]) => {
          const cells = rest.map((cell) => `<td>${cell}</td>`).join('');
          return `<tr><th scope="row">${first}</th>${cells}</tr>`;
        })
        .join('')}</tbody></table>`;

export const json = (value: unknown): string => `<pre><code>${safe(JSON.stringify(value, null, 2))}</code></pre>`;
