import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { missingRules } from "#application";
import { examples, leafCommands, ownName } from "#cli";
import * as chassis from "chassis";
import { bool, bytes, date, decimal, defineSchema, integer, json, type RuleScope, real, ref, text, timestamp } from "chassis";
import { describeCommandLine } from "./command-line/describe-command-line.ts";
import { program } from "../../tools/docs/program-help.ts";
import { byClaim, byMembers, byOrganisation, library, press } from "../types/reference.ts";

const root = join(import.meta.dirname, "../..");
const read = (name: string): string => readFileSync(join(root, "docs/reference", `${name}.md`), "utf8");
const pages = { schema: read("schema"), rules: read("rules"), cli: read("cli") };

/** What stands under a heading, up to the next one of its rank. */
function section(page: string, heading: string): string {
  const [, rank = ""] = new RegExp(`^(#+) ${heading}$`, "m").exec(page) ?? [];
  assert.notEqual(rank, "", heading);
  const [, text = ""] = page.split(`\n${rank} ${heading}\n`);
  return text.split(`\n${rank} `)[0] ?? "";
}

/** The names that the first cells of its tables write as code. */
function names(text: string, name: RegExp): readonly string[] {
  const cells = [...text.matchAll(/^\| (.*?) \|/gm)].map(([, cell = ""]) => cell);
  const found = cells.flatMap((cell) => [...cell.matchAll(name)].map(([, each = ""]) => each));
  return [...new Set(found)].sort();
}

const schema = defineSchema({
  values: {
    text: text(),
    integer: integer(),
    decimal: decimal(6, 2),
    real: real(),
    bool: bool(),
    timestamp: timestamp(),
    date: date(),
    json: json(),
    bytes: bytes(),
  },
  parts: { whole: ref("values") },
});

type Values = RuleScope<typeof schema, "values">["row"];
type KeysOf<V> = V extends object ? keyof V : never;
type Operator = Exclude<KeysOf<Omit<Values, "parts">[keyof Omit<Values, "parts">]>, "~built">;

/** The compiler keeps both whole: a method that is new, or gone, is an error here. */
const operators: Readonly<Record<Operator, true>> = {
  eq: true,
  neq: true,
  isDistinctFrom: true,
  in: true,
  isNull: true,
  isNotNull: true,
  gt: true,
  gte: true,
  lt: true,
  lte: true,
  and: true,
  or: true,
  not: true,
  like: true,
  ilike: true,
  match: true,
  imatch: true,
  length: true,
  lower: true,
  upper: true,
  plus: true,
  minus: true,
  times: true,
  dividedBy: true,
  orElse: true,
  plusSeconds: true,
  at: true,
  contains: true,
  text: true,
};

const calls: Readonly<Record<keyof Values["parts"], true>> = {
  where: true,
  some: true,
  none: true,
  every: true,
  count: true,
  sum: true,
  avg: true,
  min: true,
  max: true,
};

const isField = (value: unknown): boolean => typeof value === "object" && value !== null && "~field" in value;

/** What of the package makes a field, whatever it is given. */
function fieldBuilders(): readonly string[] {
  return Object.entries(chassis).flatMap(([name, value]: [string, unknown]) => {
    try {
      const made: unknown = typeof value === "function" ? value() : undefined;
      if (made instanceof Promise) made.catch(() => {});
      return isField(made) ? [name] : [];
    } catch {
      return [];
    }
  });
}

/** Beside its modifiers, what a field has for itself. */
const helpers: ReadonlySet<string> = new Set(["constructor", "measuresLength", "with", "withLimits", "withReference"]);

test("docs/reference/schema.md has every kind of field and every modifier, and no other", () => {
  assert.deepEqual(names(section(pages.schema, "Kinds of field"), /`(\w+)\(/g), [...fieldBuilders()].sort());
  const modifiers = Object.getOwnPropertyNames(Object.getPrototypeOf(text())).filter((name) => !helpers.has(name));
  assert.deepEqual(names(section(pages.schema, "Modifiers"), /`\.(\w+)\(/g), modifiers.sort());
});

test("docs/reference/rules.md has every operator and every call of related rows, and no other", () => {
  assert.deepEqual(names(section(pages.rules, "Values"), /`\.(\w+)\(/g), Object.keys(operators).sort());
  assert.deepEqual(names(section(pages.rules, "Related rows"), /`\.(\w+)\(/g), Object.keys(calls).sort());
});

test("the examples of both pages make back ends", () => {
  assert.deepEqual(
    [library, press, byMembers, byClaim, byOrganisation].flatMap((backend) => missingRules(backend)),
    [],
  );
});

test("docs/reference/cli.md has every command, option and example, and no other", () => {
  const common = names(pages.cli.split("\n## ")[0] ?? "", /`(-.*?)`/g);
  const commands = leafCommands(program);
  const headings = [...pages.cli.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  const general = new Set(["What is written where", "How a command ends", "JSON"]);
  assert.deepEqual(new Set(headings.filter((heading) => !general.has(heading ?? ""))), new Set(commands.map(ownName)));
  for (const command of commands) {
    const name = ownName(command);
    const text = section(pages.cli, name);
    const options = [...command.options.map(({ flags }) => flags), "-h, --help"];
    const taken = common.filter((flags) => options.includes(flags));
    assert.deepEqual(new Set([...taken, ...names(text, /`(-.*?)`/g)]), new Set(options), name);
    const blocks = [...text.matchAll(/```sh.*\n([\s\S]*?)\n```/g)].flatMap(([, block = ""]) => block.split("\n"));
    assert.deepEqual(blocks, examples[name] ?? [], `The examples of ${name} are those of src/cli/command-line/examples.ts.`);
    assert.notDeepEqual(blocks, [], `${name} has an example.`);
  }
});

test("docs/reference/cli.md says what the program does: node tests/docs/write-pages.ts writes it", () => {
  assert.equal(pages.cli, describeCommandLine());
});
