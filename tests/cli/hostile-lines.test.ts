import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Command, Option } from "commander";
import { createProgram, leafCommands, ownName, withoutJson } from "#cli";
import type { BackendFolder } from "../support/backend-folder.ts";
import { everythingFolder } from "../support/every-command.ts";

const program = createProgram(
  { print() {}, report() {}, progress() {}, style: (_, text) => text },
  { exit() {}, onMistype() {} },
);
const commands = leafCommands(program);

/** Breaks the line, clears the screen and names the window, where a terminal obeys it. */
const escape = "a\n\u001b[2J\u001b]0;x\u0007\u202eb";
const long = "x".repeat(5000);
const uuid = "01890000-0000-7000-8000-0000000000a1";

/** By what an argument is called: what is of the right form, and of nothing that there is. */
const unknown: Readonly<Record<string, string>> = {
  file: "nowhere.csv",
  id: uuid,
  old: "nowhere.json",
  backup: "nowhere",
  url: "https://a.example",
};

/** What else a command needs before it looks at anything. */
const needed: Readonly<Record<string, readonly string[]>> = {
  "token create": ["--user", uuid],
  repl: ["--eval", "1"],
  "key revoke": ["--all"],
  "webhooks replay": ["--failed"],
  "user roles": ["--none"],
};

const numbers = ["many", "-1", "1.5", "1e999", "0x10", "NaN", " ", "1\n2", "9".repeat(20)];
const durations = ["soon", "-5s", "1e999d", "1.5h"];
const places = ["package.json", long, "/dev/null", ".."];

/** One after the other, from command to command: each with each would take a minute and find nothing more. */
let turns = 0;
const turn = (): number => turns++;
const pick = (words: readonly string[]): string => words[turn() % words.length] ?? "";

const takesValue = ({ required, optional }: Option): boolean => required || optional;

/** What is said of every command, whatever it does: one that is new is walked too. */
function* mistakesOf(command: Command): Generator<readonly string[]> {
  const args = command.registeredArguments.filter(({ required }) => required).map((each) => unknown[each.name()] ?? "notes");
  if (args.length > 0) yield [];
  yield [...args, "--frobnicate"];
  yield [...args, "-Z"];
  yield [...args, "--help=yes"];
  const last = command.registeredArguments.at(-1);
  if (last?.variadic !== true) yield [...args, ...Array<string>(9).fill("x")];
  for (const option of command.options) {
    const name = option.long ?? "";
    if (!takesValue(option)) {
      if (!option.negate) yield [...args, `${name}=yes`];
      continue;
    }
    yield turn() % 2 === 0 ? [...args, name] : [...args, `${name}=`];
    if (option.argChoices !== undefined) yield [...args, name, escape];
    if (/count|rows|port/.test(option.flags)) yield [...args, name, pick(numbers)];
    if (/duration/.test(option.flags)) yield [...args, name, pick(durations)];
  }
  for (const [place, argument] of command.registeredArguments.entries()) {
    yield [...args.slice(0, place), "", ...args.slice(place + 1)];
    if (argument.name() === "backend") for (const hostile of [escape, pick(places)]) yield [...args.slice(0, place), hostile];
  }
  if (command.options.some(({ long: name }) => name === "--backend")) yield [...args, "--backend", ".", "--backend", "backups"];
}

/** All files, and how large they are; nothing that a link leads to, and nothing that SQLite or a lock leaves behind on purpose. */
function listing(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !/^node_modules$|-(?:lock|wal|shm)$|^backup-work$/.test(name))
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? `${path}/\n${listing(path)}` : `${path} ${statSync(path).size}`;
    })
    .sort()
    .join("\n");
}

/** The line failed in words, with nothing for a terminal to obey, as JSON too, and nothing was made. */
async function assertRefused(
  folder: BackendFolder,
  line: readonly string[],
  { code, state }: { readonly code?: number; readonly state?: string } = {},
): Promise<void> {
  const words = JSON.stringify(line.map((word) => (word.length > 60 ? `${word.slice(0, 60)}…` : word)));
  const told = state === undefined ? words : `${words}, where there is ${state}`;
  const before = listing(folder.path);
  const ended = await folder.run(...line);
  assert.ok(ended.code === 1 || ended.code === 2, `${told} ended with ${ended.code}: ${ended.output}`);
  if (code !== undefined) assert.equal(ended.code, code, `${told}: ${ended.errors}`);
  assert.match(ended.errors, /\S/, told);
  assert.ok(ended.errors.length < 3000, `${told} is answered at length: ${ended.errors.slice(0, 300)}`);
  assert.doesNotMatch(ended.errors, /\n\s+at /, told);
  assert.doesNotMatch(ended.errors, /[^\P{Cc}\n]|\u202e/u, told);
  if (line.includes("--json")) {
    const { error } = JSON.parse(ended.output.trimEnd().split("\n").at(-1) ?? "");
    assert.deepEqual(Object.keys(error), ["code", "message", "hint"], told);
    assert.notEqual(error.code, "internal", told);
    assert.equal(error.code === "usage", ended.code === 2, told);
  } else assert.equal(ended.output, "", told);
  assert.equal(listing(folder.path), before, told);
}

test("every command refuses every mistake that can be made of any, in words and as JSON, and makes nothing", async (t) => {
  const folder = await everythingFolder(t);
  let lines = 0;
  for (const command of commands) {
    const name = ownName(command);
    for (const mistake of mistakesOf(command)) {
      lines += 1;
      const json = withoutJson[name] === undefined && !mistake.includes("--json=yes") && lines % 2 === 0 ? ["--json"] : [];
      await assertRefused(folder, [...name.split(" "), ...json, ...mistake]);
    }
  }
  assert.ok(lines > 9 * commands.length, `Only ${lines} lines were tried.`);
});

/** What may lie where the database should. The command that does not care is one that needs none. */
const states: Readonly<Record<string, (data: string) => Promise<void>>> = {
  "none of it": (data) => rm(data, { recursive: true }),
  "a folder in its place": (data) => mkdir(join(data, "chassis.db")),
  "no database": (data) => writeFile(join(data, "chassis.db"), "Dear diary, ".repeat(1000)),
  "half of it": async (data) => {
    const whole = await readFile(join(data, "../whole/chassis.db"));
    await writeFile(join(data, "chassis.db"), whole.subarray(0, 20_000));
  },
  "one of a later version": async (data) => {
    await cp(join(data, "../whole"), data, { recursive: true });
    change(data, "UPDATE _chassis SET value = '99' WHERE name = 'format'");
  },
  "one of another application": async (data) => change(data, "CREATE TABLE orders (id)"),
};

function change(data: string, sql: string): void {
  const database = new DatabaseSync(join(data, "chassis.db"));
  database.exec(sql);
  database.close();
}

/** Those that go on without a database, or whose matter is the state that it is in. */
const needNone = new Set(
  "check, completion, create, dev, doctor, explain, openapi, pull, routes, rules diff, rules snapshot, secret rotate, start, token create, token revoke, backup list, backup verify, restore, repl, import".split(
    ", ",
  ),
);

test("every command that is about the data says what is wrong with the database, and changes nothing", async (t) => {
  const folder = await everythingFolder(t);
  const file = await folder.write("notes.csv", "slug\na\n");
  assert.equal((await folder.run("import", "notes", file)).code, 0);
  const data = join(folder.path, ".data");
  await cp(data, join(folder.path, "whole"), { recursive: true });
  for (const [state, make] of Object.entries(states)) {
    for (const command of commands) {
      const name = ownName(command);
      if (needNone.has(name)) continue;
      if (state === "none of it" && name.startsWith("migrate")) continue;
      await rm(data, { recursive: true, force: true });
      await mkdir(data);
      await make(data);
      const args = command.registeredArguments.filter(({ required }) => required).map((each) => unknown[each.name()] ?? "notes");
      if (name === "jobs pause" || name === "jobs resume") args[0] = "default";
      if (/^jobs (?:show|retry|cancel)$/.test(name)) args[0] = "1";
      const own =
        name === "export" ? ["notes", "--out", "out.csv"] : name === "backup create" ? ["--to", "backups"] : (needed[name] ?? []);
      const line = [...name.split(" "), ...args, ...own, ...(withoutJson[name] === undefined ? ["--json"] : [])];
      await assertRefused(folder, line, { code: 1, state });
    }
  }
});
