/** A stretch of a list in the order of names. */
export interface Stretch {
  readonly after?: string | undefined;
  readonly limit: number;
}

/** What was found of it. `last` is the name to go on behind, where there may be more. */
export interface Found<T> {
  readonly found: readonly T[];
  readonly last: string | undefined;
}
