/** Markup that may go out as it is. */
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

/** The only way to markup: whatever is put into the template is escaped, except what this function itself has made. */
export function html(fixed: TemplateStringsArray, ...pieces: readonly (string | Markup | readonly Markup[])[]): Markup {
  const written = pieces.map((piece) => {
    if (typeof piece === 'string') return escaped(piece);
    return 'markup' in piece ? piece.markup : piece.map(({ markup }) => markup).join('');
  });
  return { markup: fixed.map((text, index) => text + (written[index] ?? '')).join('') };
}
