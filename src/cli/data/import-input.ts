import { createReadStream, statSync } from "node:fs";
import { extname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { CommandError } from "../command-line/command-error.ts";
import type { ImportFormat } from "../command-line/choices.ts";
import type { Bytes } from "./row-reader.ts";

/** How far the reading of all files is, in bytes as they lie on the disk. */
export interface ReadProgress {
  read: number;
  /** Undefined where it is not known: of the standard input. */
  total: number | undefined;
}

export interface Input {
  readonly format: ImportFormat;
  /** Unpacked. */
  readonly bytes: Bytes;
  /** It says itself where it ends: it is packed. */
  readonly isPacked: boolean;
}

/** What is wrong with a file whatever is in it. */
export class UnreadableInput extends Error {}

/** Opens a file, or `-` for the standard input, and finds out what it is: by what was said, by its ending, by its beginning. */
export async function openInput(
  file: string,
  {
    format,
    progress,
    input = process.stdin,
  }: { readonly format?: ImportFormat | undefined; readonly progress: ReadProgress; readonly input?: Readable },
): Promise<Input> {
  const source = file === "-" ? input : openFile(file);
  const raw = await peek(counted(source, progress));
  const isPacked = raw.first.length >= 2 && raw.first[0] === 0x1f && raw.first[1] === 0x8b;
  const { first, all } = isPacked ? await peek(unpack(raw.all)) : raw;
  refuseEncoding(first, file);
  return { format: format ?? formatOf(file, first), bytes: all, isPacked };
}

export function sizeOf(file: string): number | undefined {
  if (file === "-") return undefined;
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) throw new CommandError(`There is no file ${file}.`);
  if (stats.isDirectory())
    throw new CommandError(`${file} is a folder. The files of a folder are imported together: chassis import --all ${file}`);
  return stats.isFile() ? stats.size : undefined;
}

function openFile(file: string): Readable {
  sizeOf(file);
  return createReadStream(file, { highWaterMark: 262_144 });
}

async function* counted(source: Readable, progress: ReadProgress): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of source as AsyncIterable<Uint8Array | string>) {
      const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
      progress.read += bytes.length;
      yield bytes;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES") throw new CommandError("This user may not read the file.", { cause: error });
    throw error;
  }
}

/** The first piece, and all of them with it. */
async function peek(bytes: AsyncGenerator<Uint8Array>): Promise<{ readonly first: Uint8Array; readonly all: Bytes }> {
  const { value: first = new Uint8Array(), done } = await bytes.next();
  return {
    first,
    all: (async function* () {
      if (done === true) return;
      yield first;
      yield* bytes;
    })(),
  };
}

async function* unpack(packed: Bytes): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  // What it fails with, the iteration throws.
  pipeline(Readable.from(packed), gunzip).catch(() => {});
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "Z_BUF_ERROR") throw new UnreadableInput("The packed file is cut off: it ends before it is whole.");
    if (code?.startsWith("Z_") === true) throw new UnreadableInput(`The packed file is damaged: ${message}.`);
    throw error;
  }
}

function refuseEncoding(first: Uint8Array, file: string): void {
  const isUtf16 = (first[0] === 0xff && first[1] === 0xfe) || (first[0] === 0xfe && first[1] === 0xff);
  if (isUtf16)
    throw new CommandError(
      `${nameOf(file)} is UTF-16. Save it as UTF-8: iconv -f UTF-16 -t UTF-8 ${file === "-" ? "" : file}`.trimEnd(),
    );
  if (first[0] === 0x50 && first[1] === 0x4b && first[2] === 3)
    throw new CommandError(`${nameOf(file)} is a zip archive, as spreadsheets are. Save the sheet as CSV.`);
  if (Buffer.from(first.subarray(0, 15)).toString("latin1") === "SQLite format 3")
    throw new CommandError(`${nameOf(file)} is an SQLite database. \`chassis pull\` takes its schema and its rows over.`);
}

const endings: Readonly<Record<string, ImportFormat>> = {
  ".csv": "csv",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".sql": "sql",
};

function formatOf(file: string, first: Uint8Array): ImportFormat {
  const text = Buffer.from(first.subarray(0, 4096))
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .trimStart();
  const known = endings[extname(file.replace(/\.gz$/i, "")).toLowerCase()];
  if (known !== undefined) {
    // Both are called so.
    return known === "ndjson" && text.startsWith("[") ? "json" : known;
  }
  if (text.startsWith("[")) return "json";
  if (text.startsWith("{")) return /^\{[^\n]*\}\s*(?:\n|$)/.test(text) || text.length >= 4096 ? "ndjson" : "json";
  if (/^(?:--|\/\*|(?:INSERT\s+INTO|PRAGMA|BEGIN|CREATE\s+TABLE)\b)/i.test(text)) return "sql";
  if (/^[^\n]*,[^\n]*\n/.test(text) && extname(file.replace(/\.gz$/i, "")).toLowerCase() === ".txt") return "csv";
  throw new CommandError(`What is ${nameOf(file)}? Say --format csv, ndjson, json or sql.`);
}

function nameOf(file: string): string {
  return file === "-" ? "the standard input" : file;
}
