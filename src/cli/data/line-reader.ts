/** One line of a file. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly bytes: number;
  /** With its line break; undefined where it is not UTF-8 or longer than the limit. */
  readonly text: string | undefined;
}

const NEWLINE = 10;

/**
 * The lines of a file, each decoded by itself, so that a wrong one has a number. Holds no more of a line than `limit` bytes and a piece. With `endsAtLimit` one that is longer is the
 * last: a packed file may unpack to a line without end.
 */
export async function* readLines(
  file: AsyncIterable<Uint8Array>,
  limit: number,
  { endsAtLimit = false }: { readonly endsAtLimit?: boolean } = {},
): AsyncGenerator<Line> {
  // A byte order mark is passed over at the start of the file, and kept everywhere else.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let number = 1;
  let held: Uint8Array[] = [];
  let bytes = 0;
  const add = (piece: Uint8Array): void => {
    bytes += piece.length;
    if (bytes <= limit) held.push(piece);
    else held = [];
  };
  const take = (): Line => {
    const text = bytes <= limit ? decode(decoder, held) : undefined;
    const line = { number, bytes, text: number === 1 ? text?.replace(/^\ufeff/, "") : text };
    number += 1;
    held = [];
    bytes = 0;
    return line;
  };
  for await (const piece of file) {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, from)) {
      add(piece.subarray(from, end + 1));
      from = end + 1;
      yield take();
    }
    if (from < piece.length) add(piece.subarray(from));
    if (endsAtLimit && bytes > limit) break;
  }
  if (bytes > 0) yield take();
}

function decode(decoder: TextDecoder, pieces: readonly Uint8Array[]): string | undefined {
  const [only] = pieces;
  try {
    return decoder.decode(pieces.length === 1 ? only : Buffer.concat(pieces));
  } catch {
    return undefined;
  }
}
