/** PURE. What an executor says that it destroyed. Nobody here can check it; but nobody can change it afterwards either. */
import { canonical, sha256 } from './evidence.ts';

/** A copy that lives on: what, and until when where that is known. */
export interface Remaining {
  readonly what: string;
  readonly until?: string | undefined;
}

export interface Proof {
  readonly objects: number;
  readonly bytes?: number | undefined;
  readonly hash?: string | undefined;
  readonly method?: string | undefined;
  readonly remaining?: readonly Remaining[] | undefined;
  readonly details?: { readonly [name: string]: unknown } | undefined;
}

/** As JSON, in UTF-8. */
export const MAX_PROOF_BYTES = 8192;
export const MAX_REMAINING = 20;

export const proofDigest = (proof: Proof): string => `sha256:${sha256(canonical(proof))}`;

/** What lives on, a line each. */
export const remainingLines = ({ remaining = [] }: Proof): readonly string[] =>
  remaining.map(({ what, until }) => (until === undefined ? what : `${what}, until ${until}`));
