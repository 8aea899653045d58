import assert from "node:assert/strict";
import { test } from "node:test";
import { commandTexts, parseCommand, parseCurl } from "./command-line.ts";
import { assertShown } from "./compare-output.ts";
import { knownCommand } from "./known-command.ts";
import { parsePage } from "./read-page.ts";

const nothing = (): never => {
  throw new Error("No file is read.");
};

test("a block has its marks, and what is given for it alone", () => {
  const text = '<!-- given\nlet a = 1;\n-->\n\n```ts within="({ … })"\na,\n```\n\n- 1\n\n  ```sh parsed\n  npx chassis\n  ```\n';
  const [fragment, command] = parsePage("x.md", text).blocks;
  assert.deepEqual(
    [fragment?.within, fragment?.given, fragment?.text, fragment?.place],
    ["({ … })", "let a = 1;", "a,\n", "x.md:5"],
  );
  assert.deepEqual([command?.parsed, command?.given, command?.text], [true, "", "npx chassis\n"]);
});

for (const [wrong, said] of [
  ['```ts titel="a.ts"\n```', /x\.md:1: nobody knows the mark 'titel'/],
  ["```ts untested\n```", /'untested' needs a value/],
  ['```sh parsed="yes"\n```', /'parsed' has no value/],
  ["```ts {1}\n```", /is no mark|nobody knows/],
  ["```ts\nlet a;", /x\.md:1: the block has no end/],
  ["<!-- given\nlet a;", /the comment has no end/],
] as const) {
  test(`a page is refused with ${JSON.stringify(wrong)}`, () => {
    assert.throws(() => parsePage("x.md", wrong), said);
  });
}

test("commands are read as a shell reads them", () => {
  const variables = new Map([["TOKEN", "t 1"]]);
  const [first = "", second = ""] = commandTexts(
    '# nothing\ncurl -H "a: $TOKEN" \\\n  -d \'{"a":\n1}\' x/y # said\nA=$(npx chassis token b > c)\n',
  );
  const { words } = parseCommand(first, variables);
  assert.deepEqual(words, ["curl", "-H", "a: t 1", "-d", '{"a":\n1}', "x/y"]);
  const { variable, file } = parseCommand(second, variables);
  assert.deepEqual([variable, file], ["A", "c"]);
  assert.deepEqual(parseCommand("B=1 C='2 3' npx x", variables).environment, { B: "1", C: "2 3" });
  assert.throws(() => parseCommand("curl $NOBODY", variables), /\$NOBODY is not set/);
  assert.throws(() => commandTexts("curl 'x"), /A quote is open/);
  const { url, init } = parseCurl(words.slice(1), nothing);
  assert.deepEqual([url, init.method, init.headers.get("a")], ["x/y", "POST", "t 1"]);
  assert.throws(() => parseCurl(["--proxy", "x"], nothing), /curl --proxy is not understood/);
});

test("what is shown is what came, but for …", () => {
  assertShown({ language: "json", text: '[{"id":"…","a":1}]' }, '[{"a":1,"id":"x"}]');
  assert.throws(() => assertShown({ language: "json", text: '[{"id":"…","a":1}]' }, '[{"a":1}]'));
  assert.throws(() => assertShown({ language: "json", text: '{"a":2}' }, '{"a":1}'));
  assertShown({ language: "text", text: "one … three\nfour\n" }, "zero\none two three\nmore\nfour\n");
  assert.throws(() => assertShown({ language: "text", text: "four\none\n" }, "one\nfour\n"), /is not \(or not there\)/);
});

test("a command that there is not is found, and an option", () => {
  const none = { usage: "", description: "" };
  const help = [
    { ...none, name: "", commands: ["jobs"], options: [] },
    { ...none, name: "jobs", commands: ["list"], options: ["-h, --help"] },
    { ...none, name: "jobs list", commands: [], options: ["--state <state>"] },
  ];
  assert.equal(knownCommand("npx chassis jobs --state failed > x", help), undefined);
  assert.equal(knownCommand("A=$(npx chassis jobs list folder)", help), undefined);
  assert.match(knownCommand("npx chassis job list", help) ?? "", /no command 'job'/);
  assert.match(knownCommand("cat x | npx chassis jobs list --stat x", help) ?? "", /has no --stat/);
});
