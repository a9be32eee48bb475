const WINDOW_MS = 60_000;
const REMEMBERED = 10_000;
/** A local run does not name its callers: all of them together may be wrong more often. */
const MOST = { named: 100, unnamed: 5000 };

/**
 * Counts logins that failed, by where they came from. Answers for how many seconds that place is to be told "too many" instead of
 * "wrong". Whoever has a valid token is not kept out by others behind the same address.
 */
export function failedLogins() {
  const seen = new Map<string, { readonly since: number; readonly times: number }>();
  return (address: string | null, now: Date): number | undefined => {
    const key = address ?? '';
    const before = seen.get(key);
    const current = before && now.getTime() - before.since < WINDOW_MS ? before : { since: now.getTime(), times: 0 };
    const times = current.times + 1;
    seen.delete(key);
    seen.set(key, { since: current.since, times });
    const [oldest] = seen.keys();
    if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
    if (times <= (address === null ? MOST.unnamed : MOST.named)) return undefined;
    return Math.max(1, Math.ceil((current.since + WINDOW_MS - now.getTime()) / 1000));
  };
}

const ADDRESS = /^[0-9a-fA-F.:[\]]{2,64}$/;

/** What the platform in front says: it appends the caller's address to whatever the caller claims. Without its port. */
export function addressOf(forwardedFor: string | null): string | null {
  const last = forwardedFor?.slice(-200).split(',').at(-1)?.trim() ?? '';
  if (!ADDRESS.test(last)) return null;
  return last.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1').replace(/^\[(.+)\](?::\d+)?$/, '$1');
}
