import { promisify } from "node:util";
import { brotliDecompress, gzip } from "node:zlib";

const pack = promisify(gzip);
const unpack = promisify(brotliDecompress);

export type Encoding = "br" | "gzip" | "identity";

/** What an answer may be compressed with, by its `Accept-Encoding` (RFC 9110 section 12.5.3): the smallest of those that are here. */
export function chooseEncoding(header: string | undefined, offered: readonly Encoding[]): Encoding {
  const wanted = new Map<string, number>();
  for (const part of (header ?? "").split(",")) {
    const [name = "", ...parameters] = part.split(";").map((each) => each.trim().toLowerCase());
    const quality = Number(parameters.find((each) => each.startsWith("q="))?.slice(2) ?? 1);
    if (name !== "") wanted.set(name, Number.isNaN(quality) ? 0 : quality);
  }
  return offered.find((encoding) => (wanted.get(encoding) ?? wanted.get("*") ?? 0) > 0) ?? "identity";
}

/** Text that is sent again and again: packed once, when somebody first takes it so. */
export class PackedText {
  readonly text: string;
  #packed: Promise<Uint8Array> | undefined;

  constructor(text: string) {
    this.text = text;
  }

  async as(encoding: Encoding): Promise<string | Uint8Array> {
    if (encoding === "identity") return this.text;
    this.#packed ??= pack(this.text);
    return this.#packed;
  }
}

/** A file that lies here as Brotli made it: read when somebody first asks, and packed otherwise for whoever does not know that. */
export class PackedFile {
  readonly #load: () => Promise<Uint8Array>;
  readonly #made = new Map<Encoding, Promise<Uint8Array>>();
  #whole: WeakRef<Uint8Array> | undefined;

  constructor(load: () => Promise<Uint8Array>) {
    this.#load = load;
  }

  as(encoding: Encoding): Promise<Uint8Array> {
    const whole = encoding === "identity" ? this.#whole?.deref() : undefined;
    if (whole !== undefined) return Promise.resolve(whole);
    let made = this.#made.get(encoding);
    if (made === undefined) {
      made = this.#make(encoding);
      this.#made.set(encoding, made);
      // What failed is tried again by the next.
      made.catch(() => this.#made.delete(encoding));
      // Five megabytes that hardly anybody wants are kept while they are on their way to somebody: once, to however many.
      if (encoding === "identity") void made.then((bytes) => this.#lend(bytes)).catch(() => {});
    }
    return made;
  }

  #lend(bytes: Uint8Array): void {
    this.#whole = new WeakRef(bytes);
    this.#made.delete("identity");
  }

  async #make(encoding: Encoding): Promise<Uint8Array> {
    if (encoding === "br") return this.#load();
    const whole = await unpack(await this.as("br"));
    return encoding === "gzip" ? pack(whole) : whole;
  }
}
