/** How people sign in here, as the service tells it to everyone at /portal/config.json. */
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
  /** Undefined: they are not known. */
  readonly roles: () => Promise<readonly string[] | undefined>;
  /** Undefined: the calls go out without a token. */
  readonly token: () => Promise<string | undefined>;
  /** Asks for the second factor. False: the person declined. */
  readonly stepUp: () => Promise<boolean>;
  /** Changes who is signed in. True: it is another person now, so everything is read again. */
  readonly change: () => Promise<boolean>;
}
