import type { InputRow, RowChunk, RowSource } from "#application";
import { AppError } from "#contract";
import type { BodySpool } from "./body-spool.ts";
import { overLimit, type RestLimits } from "../rest-limits.ts";
import { createRowSplitter, type RowFormat } from "./row-splitter.ts";

/** Rows of a body that are read at a time. */
const CHUNK_ROWS = 500;

/** The rows of a body that was spooled, read anew each time that they are gone through. */
export class SpooledRows implements RowSource {
  readonly #spool: BodySpool;
  readonly #format: RowFormat;
  readonly #limits: RestLimits;

  constructor(spool: BodySpool, format: RowFormat, limits: RestLimits) {
    this.#spool = spool;
    this.#format = format;
    this.#limits = limits;
  }

  async *chunks(): AsyncGenerator<RowChunk> {
    let rows: InputRow[] = [];
    let lines: number[] = [];
    let count = 0;
    const splitter = createRowSplitter(this.#format, this.#limits, (row, line) => {
      if (++count > this.#limits.bulkRows) throw overLimit(this.#limits, "bulkRows", "The body has too many rows").at({ line });
      rows.push(row);
      lines.push(line);
    });
    const take = (): RowChunk => {
      const chunk = { rows, lines };
      rows = [];
      lines = [];
      return chunk;
    };
    for await (const text of this.#texts()) {
      splitter.push(text);
      if (rows.length >= CHUNK_ROWS) yield take();
    }
    splitter.end();
    if (rows.length > 0) yield take();
  }

  /** In pieces of some hundred rows, so that others are served between them. */
  async *#texts(): AsyncGenerator<string> {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    try {
      for await (const bytes of this.#spool.chunks()) {
        for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) {
          yield decoder.decode(bytes.subarray(at, at + PIECE_BYTES), { stream: true });
        }
      }
      yield decoder.decode();
    } catch (thrown) {
      if (thrown instanceof TypeError) throw new AppError("invalidBody", { message: "The body is not valid UTF-8." });
      throw thrown;
    }
  }
}

const PIECE_BYTES = 65_536;
