import { within } from './parse.ts';
import type { Rule } from './world.ts';

/** What the grammar could not read. It is older than Bicep's own: a finding may also be newer syntax than it knows. */
export const syntax: Rule = ({ templates }) =>
  templates.flatMap(({ path, root }) =>
    [...within(root)]
      .filter((node) => node.isError || node.isMissing)
      .map(
        ({ startPosition: { row, column }, text }) =>
          `${path}:${row + 1}:${column + 1}: cannot be read: ${text.slice(0, 40)}`,
      ),
  );
