type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What was typed, if it is a JSON object. */
export function membersIn(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The merge patch that makes one of the other: what is gone is null. */
export const patchTo = (before: Members, after: Members): Members => ({
  ...Object.fromEntries(Object.keys(before).flatMap((name) => (name in after ? [] : [[name, null]]))),
  ...Object.fromEntries(
    Object.entries(after).map(([name, value]) => {
      const was = before[name];
      return [name, isObject(was) && isObject(value) ? patchTo(was, value) : value];
    }),
  ),
});
