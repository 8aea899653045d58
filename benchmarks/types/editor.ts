/**
 * How long an editor waits for the language server in a project of 100 tables with rules and 600 calls of the typed client: from opening it to its
 * mistakes, then for completion after each key. Run: `node benchmarks/types/editor.ts`.
 */
import { join } from "node:path";
import { generateBackend } from "./generate.ts";
import { GeneratedProject, root } from "./generated-project.ts";
import { LanguageServer } from "./language-server.ts";

const name = "backend.ts";
const tries = 20;

/** Where a call is being written, and a word that must be among those offered there. */
const places = {
  "a table: api.│": { line: "void api.", typed: "t", offered: "table42" },
  "a column in where": { line: "void api.table42.list({ where: { ", typed: "t", end: " } });", offered: "title" },
  "an operator in where": { line: "void api.table42.list({ where: { count: { ", typed: "g", end: " } } });", offered: "gte" },
  "a column of a related row": {
    line: "void api.table42.list({ where: { parent: { owner: { ",
    typed: "n",
    end: " } } } });",
    offered: "name",
  },
  "a relation in include": { line: "void api.table42.list({ include: { ", typed: "o", end: " } });", offered: "owner" },
  "an option of an include": {
    line: "void api.table42.list({ include: { owner: { ",
    typed: "s",
    end: " } } });",
    offered: "select",
  },
  "a column of an include": {
    line: 'void api.table42.list({ include: { owner: { select: ["',
    typed: "n",
    end: '"] } } });',
    offered: "name",
  },
  "a relation of an include": {
    line: "void api.table42.list({ include: { parent: { include: { ",
    typed: "o",
    end: " } } } });",
    offered: "owner",
  },
  "a column to select": { line: 'void api.table42.list({ select: ["', typed: "t", end: '"] });', offered: "title" },
  "a field of a new row": { line: "void api.table42.create({ ", typed: "t", end: " });", offered: "title" },
  "a column of a row of the answer": { line: "void (await api.table42.first())?.", typed: "t", offered: "title" },
} as const;

using project = GeneratedProject.make();
const source = generateBackend({ tables: 100, uses: 600, source: "chassis", client: true });
const lines = source.split("\n").length;
const text = `${source}${Object.values(places)
  .map((place) => `${place.line}${"end" in place ? place.end : ""}`)
  .join("\n")}\n`;
project.write({ [name]: text });

const opened = performance.now();
await using server = await LanguageServer.start(join(root, "node_modules/.bin/tsc"), project.folder);
server.open(name, text);
await server.mistakes(name);
const first = performance.now() - opened;

const waits: Record<string, { readonly completion: string; readonly "slowest of 20": string }> = {};
for (const [index, [place, { line, typed, offered }]] of Object.entries(places).entries()) {
  const measured: number[] = [];
  for (let times = 0; times < tries; times += 1) {
    // Each key is a change of the file: nothing of the one before may be taken again.
    const at = { line: lines - 1 + index, character: line.length };
    server.type(name, at, typed);
    const asked = performance.now();
    const words = await server.complete(name, { ...at, character: at.character + 1 });
    measured.push(performance.now() - asked);
    if (!words.includes(offered))
      throw new Error(`${place}: '${offered}' was not offered, but ${words.slice(0, 10).join(", ")}.`);
    server.erase(name, at);
  }
  measured.sort((left, right) => left - right);
  waits[place] = {
    completion: `${measured[tries / 2]?.toFixed(0)} ms`,
    "slowest of 20": `${measured.at(-1)?.toFixed(0)} ms`,
  };
}
console.log(`From opening to the mistakes of the file: ${first.toFixed(0)} ms.`);
console.table(waits);
