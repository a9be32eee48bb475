/** How people sign in here, as the service tells everybody at /portal/config.json. */
export type Config =
  | { readonly mode: 'local'; readonly idp: string; readonly stepUpContext: string }
  | {
      readonly mode: 'entra';
      readonly clientId: string;
      readonly authority: string;
      readonly scope: string;
      readonly stepUpContext: string;
    }
  | { readonly mode: 'none' };

export interface Session {
  /** Who is signed in, in a word or two. */
  readonly name: () => string;
  readonly token: () => Promise<string | undefined>;
  readonly stepUp: () => Promise<boolean>;
  /** Changes who is signed in. True: somebody else is, read everything anew. */
  readonly change: () => Promise<boolean>;
}
