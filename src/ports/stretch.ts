/** A stretch of a list in the order of names. */
export interface Stretch {
  readonly after?: string | undefined;
  readonly limit: number;
}

/** What was found of it. `last` is the name to go on behind, where there may be more. */
export interface Found<T> {
  readonly found: readonly T[];
  readonly last: string | undefined;
  /** The names of what lies among them and cannot be read, as their keys have them. Absent where nothing is left out that somebody should hear of. */
  readonly unreadable?: readonly string[];
}
