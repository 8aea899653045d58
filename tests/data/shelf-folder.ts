import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type InputRow, system } from "#application";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { openSqlite } from "#database";
import { createPlatform, databasePath, type Platform } from "#platform";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import type { Scope } from "../support/temporary-folder.ts";
import { backend } from "./shelf-backend.ts";

export interface ShelfFolder extends BackendFolder {
  /** The back end, on what is there; closed by the test. */
  open(): Promise<Platform>;
  /** Writes rows as the system. */
  put(rows: { readonly shelves?: readonly InputRow[]; readonly things?: readonly InputRow[] }): Promise<void>;
  /** What the database has, by tables, but for what is kept encrypted: that is another text each time. */
  stored(): Promise<Readonly<Record<string, readonly unknown[]>>>;
  empty(): Promise<void>;
}

const definition = `export { backend as default } from ${JSON.stringify(new URL("./shelf-backend.ts", import.meta.url).href)};\n`;

/** A folder with the back end of shelves and things. */
export async function shelfFolder(t: Scope): Promise<ShelfFolder> {
  const folder = await backendFolder(t, definition);
  const dataDirectory = join(folder.path, ".data");
  const config = loadConfig({ environment: { CHASSIS_DURABILITY: "lose-minutes", PORT: "0" } });
  const open = (): Promise<Platform> => createPlatform({ backend, config, dataDirectory, logger: silentLogger });
  return {
    ...folder,
    open,
    async put(rows) {
      const platform = await open();
      try {
        await platform.records.transaction(
          async (records) => {
            for (const table of ["shelves", "things"] as const)
              for (const row of rows[table] ?? [])
                await records.write(
                  { type: "insert", table, rows: [row], rowForm: "json", missing: "default", values: [], form: "json" },
                  system,
                );
          },
          { deferReferences: true },
        );
      } finally {
        await platform.close();
      }
    },
    async stored() {
      const database = await openSqlite({ path: databasePath(dataDirectory) });
      try {
        const columns = [...(backend.model.tables.get("things")?.columns.values() ?? [])]
          .filter(({ computed, secret }) => computed === undefined && !secret)
          .map(({ name }) => `"${name}"`);
        return {
          shelves: await database.all("SELECT * FROM shelves ORDER BY id", []),
          things: await database.all(`SELECT ${columns.join(", ")} FROM things ORDER BY rowid`, []),
        };
      } finally {
        await database.close();
      }
    },
    empty: () => rm(dataDirectory, { recursive: true, force: true }),
  };
}
