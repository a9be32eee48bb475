/** Reads a zip archive by its directory, as whoever mounts it does, and believes nothing that is not so. */
import { crc32, inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const LINE = 0x02014b50;
const FILE = 0x04034b50;

export interface Entry {
  readonly path: string;
  readonly bytes: Buffer;
  /** As Unix writes it. */
  readonly mode: number;
}

export function unzip(archive: Buffer): readonly Entry[] {
  const end = archive.length - 22;
  if (archive.readUInt32LE(end) !== END) throw new Error('the archive has no end');
  const entries: Entry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== LINE) throw new Error(`no file is named at ${at}`);
    const [size, nameLength, more] = [20, 28, 30].map((from, index) =>
      index === 0 ? archive.readUInt32LE(at + from) : archive.readUInt16LE(at + from),
    ) as [number, number, number];
    const path = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const bytes = bodyOf(archive, archive.readUInt32LE(at + 42), size);
    if (crc32(bytes) !== archive.readUInt32LE(at + 16) || bytes.length !== archive.readUInt32LE(at + 24))
      throw new Error(`${path} is not what the directory says`);
    entries.push({ path, bytes, mode: archive.readUInt32LE(at + 38) >>> 16 });
    at += 46 + nameLength + more + archive.readUInt16LE(at + 32);
  }
  if (at !== end) throw new Error('something stands behind the directory');
  return entries;
}

function bodyOf(archive: Buffer, at: number, size: number): Buffer {
  if (archive.readUInt32LE(at) !== FILE) throw new Error(`no file begins at ${at}`);
  const begin = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  return inflateRawSync(archive.subarray(begin, begin + size));
}
