/** The brakes and identities with which the service runs, by the names of their settings. No secret is among them. */
export type WatchedSettings = Readonly<Record<string, string>>;

export interface SettingsDifference {
  readonly before: WatchedSettings;
  readonly after: WatchedSettings;
}

/** What differs; undefined: nothing does. A setting that only one of two versions of the code knows is no change of anybody's. */
export function differenceOf(was: WatchedSettings, now: WatchedSettings): SettingsDifference | undefined {
  const changed = Object.keys(now).filter((name) => was[name] !== undefined && was[name] !== now[name]);
  const only = (settings: WatchedSettings) => Object.fromEntries(changed.map((name) => [name, settings[name] ?? '']));
  return changed.length === 0 ? undefined : { before: only(was), after: only(now) };
}
