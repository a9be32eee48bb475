/** What was found out a moment ago and need not be found out again: for so long, and so many of them. */
export function recently<T>(forMs: number, atMost: number) {
  const kept = new Map<string, { readonly value: T; readonly since: number }>();
  return {
    get(key: string, now: Date): T | undefined {
      const found = kept.get(key);
      if (found && isFresh(now.getTime() - found.since, forMs)) return found.value;
      kept.delete(key);
      return undefined;
    },
    set(key: string, value: T, now: Date): void {
      const [oldest] = kept.keys();
      if (kept.size >= atMost && oldest !== undefined) kept.delete(oldest);
      kept.set(key, { value, since: now.getTime() });
    },
  };
}

/** A clock that was set back makes everything old, never young. */
const isFresh = (age: number, forMs: number): boolean => age >= 0 && age < forMs;
