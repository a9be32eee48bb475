/**
 * The path as the real server presents it to routing: every segment decoded once, `%2F` left as text so that it can
 * never become a separator, dot segments removed. Escapes that are not UTF-8 stay as they came; decoding never
 * throws. undefined: a NUL, which the real server answers with 400.
 */
export function pathSegments(rawPath: string): string[] | undefined {
  const decoded = rawPath.replace(/^\//, '').split('/').map(decodeSegment);
  if (decoded.some((segment) => segment.includes('\0'))) return undefined;
  const kept: string[] = [];
  for (const segment of decoded) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  if (kept.at(-1) === '') kept.pop(); // a trailing slash makes no difference
  return kept;
}

export const decodeSegment = (segment: string): string =>
  segment.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    run
      .split(/(%2f)/i)
      .map((piece) => (/^%2f$/i.test(piece) ? piece : decodeRun(piece)))
      .join(''),
  );

/** Decodes the longest readable pieces of a run of escapes and leaves the others alone. */
function decodeRun(run: string): string {
  const whole = tryDecode(run);
  if (whole !== undefined) return whole;
  let out = '';
  for (let at = 0; at < run.length; ) {
    const size = [3, 6, 9, 12].find(
      (length) => at + length <= run.length && tryDecode(run.slice(at, at + length)) !== undefined,
    );
    out += size === undefined ? run.slice(at, at + 3) : tryDecode(run.slice(at, at + size));
    at += size ?? 3;
  }
  return out;
}

function tryDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
