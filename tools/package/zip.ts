import { zipSync } from 'fflate';

export interface Packed {
  /** With slashes, below the root of the archive. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Made on Unix, a plain file that everybody may read: without it nobody can read the files of the package on Linux. */
const UNIX = 3;
const READABLE = 0o100644 << 16;
/** The first day that a zip file can name: the same files always make the same archive. fflate reads it in local time. */
const firstDay = () => new Date(1980, 0, 1);

/** A zip archive, as the Functions host mounts it. */
export const zip = (files: readonly Packed[]): Uint8Array =>
  zipSync(Object.fromEntries(files.map(({ path, bytes }) => [path, bytes])), {
    level: 9,
    os: UNIX,
    attrs: READABLE,
    mtime: firstDay(),
  });
