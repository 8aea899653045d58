import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { runCommand } from "./command.ts";
import type { Fault } from "./fault.ts";

const MEBIBYTE = 1_048_576;
/** Of one note's body. */
const BODY = 90_000;

/** The first round is short and small; those after it are past a gibibyte, where 32 bits of an offset are over. */
export const largeDatabase: Fault = {
  number: 26,
  name: "large database",
  done: "backed up and restored (over 1 GiB in the long version)",
  needs: [],
  short: [0],
  async run(scope, round) {
    const folder = await temporaryFolder(scope);
    const [dataDirectory, restored] = [join(folder, "data"), join(folder, "restored")];
    const bytes = round === 0 ? 40 * MEBIBYTE : 1200 * MEBIBYTE;
    const rows = Math.ceil(bytes / BODY);
    const notes = join(folder, "notes.ndjson");
    await pipeline(Readable.from(noteLines(rows)), createWriteStream(notes));
    await run(["import", "notes", notes]);
    await rm(notes);
    const path = join(dataDirectory, "chassis.db");
    const { size } = await stat(path);
    if (size < bytes) throw new Error(`The database has ${size} bytes, and should have ${bytes}.`);
    const before = contentOf(path);
    const name = await run(["backup", "--to", join(folder, "kept")]);
    await run(["restore", join(folder, "kept", name), "--to", restored, "--yes"]);
    const after = contentOf(join(restored, "chassis.db"));
    const wrong = before === after ? [] : ["The restored database has another content."];
    return { lost: [], half: [], wrong, acknowledged: rows, unknown: 0, note: `${Math.round(size / MEBIBYTE)} MiB` };

    async function run(args: readonly string[]): Promise<string> {
      const { code, output, errors } = await runCommand(scope, args, { dataDirectory });
      if (code !== 0) throw new Error(`chassis ${args.join(" ")}: ${errors}`);
      return output.trim();
    }
  },
};

/** Bodies that do not compress much, and are few words for the search index. */
function* noteLines(rows: number): Generator<string> {
  let state = 12_345;
  const random = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0);
  for (let row = 0; row < rows; row++) {
    const words = new Uint32Array(Math.floor(BODY / 12) + 1).map(random);
    const body = Buffer.from(words.buffer).toString("hex").slice(0, BODY);
    yield `${JSON.stringify({ slug: `large-${row}`, body })}\n`;
  }
}

/** A digest of every value of every table, in the order of the rows. */
function contentOf(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true, returnArrays: true });
  try {
    const hash = createHash("sha256");
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name")
      .all() as unknown as readonly (readonly [string])[];
    for (const [name] of tables) {
      hash.update(name);
      for (const row of database.prepare(`SELECT * FROM "${name}"`, { readBigInts: true }).iterate() as Iterable<unknown>)
        for (const value of row as readonly unknown[])
          hash.update(value instanceof Uint8Array ? value : `${typeof value} ${String(value)}\0`);
    }
    return hash.digest("hex");
  } finally {
    database.close();
  }
}
