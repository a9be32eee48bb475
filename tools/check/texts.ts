/** Short texts by a key, very many of them: as bytes outside the heap, where each takes ten more than its key and itself, and its place in a table. */
import { createHash } from 'node:crypto';

const PIECE = 1 << 20;
/** Before the text of an entry: where the one before it in its row of the table lies, its hash, and how long it is. */
const BEFORE = 10;
const FIRST_ROWS = 1 << 10;

export interface Texts {
  add(key: string, text: string): void;
  /** All of a key, the first that was added first. */
  get(key: string): readonly string[];
  readonly size: () => number;
}

const hashOf = (key: string): number => createHash('sha1').update(key).digest().readUInt32LE();

export function texts(): Texts {
  const pieces: Buffer[] = [];
  let used = PIECE;
  let size = 0;
  /** Where the last entry of each row lies, counted from one; zero: it has none. */
  let rows = new Uint32Array(FIRST_ROWS);

  function* entries(from: number) {
    for (let at = from; at !== 0; ) {
      const start = (at - 1) % PIECE;
      const piece = pieces[Math.floor((at - 1) / PIECE)] ?? Buffer.alloc(0);
      const [next, hash, length] = [
        piece.readUInt32LE(start),
        piece.readUInt32LE(start + 4),
        piece.readUInt16LE(start + 8),
      ];
      yield { at, hash, piece, start, length };
      at = next;
    }
  }

  function grow(): void {
    const more = new Uint32Array(rows.length * 2);
    // The first comes first, so that the order in a row stays.
    for (const last of rows)
      for (const { at, hash, piece, start } of [...entries(last)].toReversed()) {
        const row = hash % more.length;
        piece.writeUInt32LE(more[row] ?? 0, start);
        more[row] = at;
      }
    rows = more;
  }

  return {
    add(key, text) {
      if (size >= rows.length) grow();
      const bytes = Buffer.from(`${key}\n${text}`);
      if (used + BEFORE + bytes.length > PIECE) {
        pieces.push(Buffer.alloc(PIECE));
        used = 0;
      }
      const piece = pieces.at(-1);
      if (!piece) return;
      const hash = hashOf(key);
      const row = hash % rows.length;
      piece.writeUInt32LE(rows[row] ?? 0, used);
      piece.writeUInt32LE(hash, used + 4);
      piece.writeUInt16LE(bytes.length, used + 8);
      bytes.copy(piece, used + BEFORE);
      rows[row] = (pieces.length - 1) * PIECE + used + 1;
      used += BEFORE + bytes.length;
      size += 1;
    },
    get(key) {
      const hash = hashOf(key);
      const found: string[] = [];
      for (const one of entries(rows[hash % rows.length] ?? 0)) {
        if (one.hash !== hash) continue;
        const text = one.piece.toString('utf8', one.start + BEFORE, one.start + BEFORE + one.length);
        if (text.startsWith(`${key}\n`)) found.unshift(text.slice(key.length + 1));
      }
      return found;
    },
    size: () => size,
  };
}
