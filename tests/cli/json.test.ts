import assert from "node:assert/strict";
import { test } from "node:test";
import { createProgram, leafCommands, ownName, withoutJson } from "#cli";
import { results } from "../docs/command-line/results.ts";
import { everythingBackend, everythingFolder } from "../support/every-command.ts";

/** One after the other, on one back end; `$ID` is the id that the line before told, `$OLD` another one. `1` where there is something to be found. */
const lines: readonly (readonly [line: string, code?: 0 | 1])[] = [
  ["check"],
  ["routes"],
  ["explain notes read"],
  ["rules diff ."],
  ["token create --user 01890000-0000-7000-8000-00000000ada0"],
  ["token revoke $ID"],
  ["import notes notes.csv --on-error skip"],
  ["who notes $ROW"],
  ["audit list"],
  ["audit verify"],
  ["doctor --quick"],
  ["secret rotate --keep 1h"],
  ["secret encrypt"],
  ["user create ada@example.org --set name=Ada"],
  ["user list"],
  ["user show ada@example.org"],
  ["user roles ada@example.org --role editor"],
  ["user suspend ada@example.org"],
  ["user resume ada@example.org"],
  ["user sign-out ada@example.org"],
  ["user reset-link ada@example.org"],
  ["user reset-factors ada@example.org"],
  ["user delete ada@example.org"],
  ["user sign-out-all"],
  ["key list"],
  ["key revoke --all"],
  ["client list"],
  ["client add Shop --redirect https://shop.example/callback"],
  ["client rotate $ID"],
  ["client remove $OLD"],
  ["client rotate-keys"],
  ["export notes --out exported.csv"],
  ["openapi"],
  ["repl -e db.notes.count()"],
  ["jobs list"],
  ["jobs queues"],
  ["jobs pause default"],
  ["jobs resume default"],
  ["jobs show 1", 1],
  ["jobs retry 1", 1],
  ["jobs cancel 1", 1],
  ["mail suppressions add ada@example.org"],
  ["mail suppressions list"],
  ["mail suppressions remove ada@example.org"],
  ["webhooks add https://example.com/hooks"],
  ["webhooks list"],
  ["webhooks show $OLD"],
  ["webhooks test $OLD"],
  ["webhooks deliveries"],
  ["webhooks replay --since 1h"],
  ["webhooks disable $OLD"],
  ["webhooks enable $OLD"],
  ["webhooks rotate $OLD"],
  ["webhooks remove $OLD"],
  ["backup create --to backups"],
  ["backup list --from backups"],
  ["backup verify latest --from backups"],
  ["restore latest --from backups --yes"],
  ["migrate status"],
  ["migrate plan later.ts"],
  ["migrate rehearse later.ts"],
  ["migrate apply later.ts"],
  ["migrate rollback later.ts"],
  ["migrate purge later.ts"],
  ["pull .data/chassis.db --out pulled.ts"],
];

/** Those that other tests run with `--json`. */
const elsewhere: Readonly<Record<string, string>> = { create: "src/cli/create/create.test.ts", dev: "tests/cli/dev.test.ts" };

const program = createProgram(
  { print() {}, report() {}, progress() {}, style: (_, text) => text },
  { exit() {}, onMistype() {} },
);
const names = leafCommands(program).map(ownName);

test("every command has --json, or a reason why not", () => {
  for (const command of leafCommands(program)) {
    const has = command.options.some(({ long }) => long === "--json");
    assert.equal(has, !(ownName(command) in withoutJson), ownName(command));
  }
  const tried = new Set([...lines.map(([line]) => nameOf(line)), ...Object.keys(elsewhere), ...Object.keys(withoutJson)]);
  assert.deepEqual(
    names.filter((name) => !tried.has(name)),
    [],
    "Add a line for it to this test.",
  );
});

test("with --json every command prints JSON and nothing else", async (t) => {
  const folder = await everythingFolder(t);
  await folder.write("notes.csv", "slug,pin\na,1\nb,2\na,3\n");
  const tried = new Set<string>();
  let last: Readonly<Record<string, unknown>> = {};
  let old = "";
  let row = "";
  for (const [line, code = 0] of lines) {
    // Another file, because this process would not load one anew.
    if (line.startsWith("migrate plan"))
      await folder.write("later.ts", everythingBackend.replace("pin: secret()", "open: bool().default(true), pin: secret()"));
    if (line.startsWith("client add") || line.startsWith("webhooks add")) old = "";
    const id = typeof last["id"] === "string" ? last["id"] : "";
    if (old === "" && id !== "") old = id;
    const words = line.replace("$ID", id).replace("$OLD", old).replace("$ROW", row).split(" ");
    const ended = await folder.run(...words, "--json");
    const refused = line.startsWith("import") ? 1 : code;
    assert.equal(ended.code, refused, `${line}\n${ended.errors}`);
    const documents = parse(ended.output, line);
    last = documents.at(-1) ?? {};
    const told = results[nameOf(line)];
    if (told !== undefined && code === 0) {
      // What the reference page says of it.
      const keys = Object.keys(told).filter((key) => !key.endsWith("?") || key.slice(0, -1) in last);
      assert.deepEqual(Object.keys(last).toSorted(), keys.map((key) => key.replace("?", "")).toSorted(), line);
      tried.add(nameOf(line));
    }
    if (code === 1) assert.deepEqual(Object.keys(last["error"] as object), ["code", "message", "hint"], line);
    if (line === "audit list") assert.equal(documents.length, 2);
    if (line.startsWith("import")) row = await anyRow(folder.path);
  }
  assert.deepEqual(
    Object.keys(results).filter((name) => !tried.has(name)),
    [],
  );
});

function nameOf(line: string): string {
  return (
    names
      .filter((name) => line === name || line.startsWith(`${name} `))
      .toSorted((left, right) => right.length - left.length)[0] ?? line
  );
}

/** One document, or one a line. */
function parse(output: string, line: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    return [JSON.parse(output)];
  } catch {
    return output
      .split("\n")
      .filter((each) => each !== "")
      .map((each) => {
        try {
          return JSON.parse(each);
        } catch {
          return assert.fail(`${line} printed: ${each}`);
        }
      });
  }
}

async function anyRow(path: string): Promise<string> {
  const { openSqlite } = await import("#database");
  const database = await openSqlite({ path: `${path}/.data/chassis.db` });
  const [id] = (await database.get("SELECT id FROM notes", [])) ?? [];
  await database.close();
  return String(id);
}
