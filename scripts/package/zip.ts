import { constants, crc32, deflateRawSync } from 'node:zlib';

export interface Packed {
  /** With slashes, below the root of the archive. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** 1 January 1980, where the time of zip files begins: the same files always make the same archive. */
const NO_TIME = 0;
const FIRST_DAY = 0x21;
const VERSION = 20;
const UTF8 = 0x0800;
const DEFLATED = 8;
/** Made on Unix, a plain file that all may read: without it the files of the package can be read by nobody on Linux. */
const MADE_ON_UNIX = 0x0300 | VERSION;
const READABLE = 0o100644 * 0x10000;

/** What a file's own header and its line in the directory at the end have in common. */
function facts(bytes: Uint8Array, packed: Uint8Array, name: Uint8Array): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(VERSION, 0);
  header.writeUInt16LE(UTF8, 2);
  header.writeUInt16LE(DEFLATED, 4);
  header.writeUInt16LE(NO_TIME, 6);
  header.writeUInt16LE(FIRST_DAY, 8);
  header.writeUInt32LE(crc32(bytes), 10);
  header.writeUInt32LE(packed.length, 14);
  header.writeUInt32LE(bytes.length, 18);
  header.writeUInt16LE(name.length, 22);
  return header;
}

const signed = (signature: number, ...parts: readonly Uint8Array[]): Buffer => {
  const start = Buffer.alloc(4);
  start.writeUInt32LE(signature);
  return Buffer.concat([start, ...parts]);
};

/** A zip archive, as the Functions host mounts it: a few megabytes, so nothing of the 64-bit variant is needed. */
export function zip(files: readonly Packed[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, bytes } of files) {
    const name = Buffer.from(path, 'utf8');
    const packed = deflateRawSync(bytes, { level: constants.Z_BEST_COMPRESSION });
    const shared = facts(bytes, packed, name);
    const body = signed(0x04034b50, shared, name, packed);
    directory.push(signed(0x02014b50, short(MADE_ON_UNIX), shared, tail(offset), name));
    bodies.push(body);
    offset += body.length;
  }
  return Buffer.concat([...bodies, ...directory, end(files.length, Buffer.concat(directory).length, offset)]);
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

/** Of a line in the directory: no comment, one volume, who may read it, where the file begins. */
function tail(offset: number): Buffer {
  const bytes = Buffer.alloc(14);
  bytes.writeUInt32LE(READABLE, 6);
  bytes.writeUInt32LE(offset, 10);
  return bytes;
}

function end(count: number, size: number, offset: number): Buffer {
  const bytes = Buffer.alloc(18);
  bytes.writeUInt16LE(count, 4);
  bytes.writeUInt16LE(count, 6);
  bytes.writeUInt32LE(size, 8);
  bytes.writeUInt32LE(offset, 12);
  return signed(0x06054b50, bytes);
}
