import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "#cli";
import type { Scope } from "./temporary-folder.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

/** A small back end: people may read notes, editors write them, and each sees their own drafts. */
export const notesBackend: string = `
import { defineBackend, defineSchema, everyone, integer, query, text } from ${JSON.stringify(library)};

const schema = defineSchema(
  { notes: { slug: text().max(20).unique(), body: text().max(100), stars: integer().min(1).max(5).optional(), author: text().optional() } },
  { roles: ["editor"], claims: { level: integer() } },
);
export default defineBackend(schema, {
  rules: {
    notes: ({ row, me }) => ({ read: everyone, create: me.hasRole("editor"), update: row.author.eq(me.id).and(me.hasRole("editor").or(me.claim("level").gt(3))), delete: me.hasRole("editor") }),
  },
  functions: { hello: query({ access: everyone }, () => "version 1") },
});
`;

export interface BackendFolder {
  readonly path: string;
  readonly write: (name: string, text: string) => Promise<string>;
  /** Runs a command line in this process and gives what it wrote. */
  readonly run: (
    ...args: readonly string[]
  ) => Promise<{ readonly code: number; readonly output: string; readonly errors: string }>;
}

/** A folder with a back end of its own, removed when the test ends. */
export async function backendFolder(t: Scope, definition: string = notesBackend): Promise<BackendFolder> {
  const path = await mkdtemp(join(tmpdir(), "chassis-cli-"));
  // What writes into it yet is ended after it: of these hooks the first comes first.
  t.after(() => rm(path, { recursive: true, force: true, maxRetries: 5 }));
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(path, name), text);
    return join(path, name);
  };
  await write("backend.ts", definition);
  await write("package.json", '{ "type": "module" }');
  return {
    path,
    write,
    async run(...args) {
      let output = "";
      let errors = "";
      const code = await runProgram(args, {
        print: (line = "") => void (output += `${line}\n`),
        report: (line) => void (errors += `${line}\n`),
        progress() {},
        style: (_style, text) => text,
      });
      return { code, output, errors };
    },
  };
}
