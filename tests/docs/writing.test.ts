import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import backend from "../../examples/quickstart/backend.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/learn/writing.md"), "utf8");
const blocks = [...page.matchAll(/```http\n([\s\S]*?)```/g)].map(([, block = ""]) => block);

interface Message {
  readonly first: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

function parse(block: string): Message {
  const [head = "", ...rest] = block.split("\n\n");
  const [first = "", ...lines] = head.trim().split("\n");
  const headers = lines.map((line): [string, string] => {
    const [name = "", value = ""] = line.split(/: (.*)/);
    return [name, value];
  });
  return { first, headers, body: rest.join("\n\n").trim() };
}

/** A text in which `…` is anything. */
function pattern(text: string): RegExp {
  const parts = text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*")}$`);
}

test("the page on writing is a conversation that takes place", async (t) => {
  const config = loadConfig({ environment: {} });
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: await temporaryFolder(t),
    isDisposable: true,
    logger: silentLogger,
  });
  t.after(() => platform.close());
  const actor = { id: "01890000-0000-7000-8000-00000000ada0", roles: ["librarian"], claims: {} };
  const { token } = await platform.tokens.issue({ actor, lifetime: 60_000 });
  assert.ok(blocks.length >= 20 && blocks.length % 2 === 0, `${blocks.length}`);
  for (let index = 0; index < blocks.length; index += 2) {
    const asked = parse(blocks[index] ?? "");
    const wanted = parse(blocks[index + 1] ?? "");
    const [method = "", path = ""] = asked.first.split(" ");
    const headers = new Headers([
      ["content-type", "application/json"],
      ["authorization", `Bearer ${token}`],
    ]);
    for (const [name, value] of asked.headers) headers.set(name, value);
    const request = new Request(`http://localhost${path}`, {
      method,
      headers,
      ...(asked.body === "" ? {} : { body: asked.body }),
    });
    const answer = await platform.fetch(request);
    const text = await answer.text();
    assert.equal(`HTTP/1.1 ${answer.status}`, wanted.first, `${asked.first}: ${text}`);
    for (const [name, value] of wanted.headers)
      assert.match(answer.headers.get(name) ?? "", pattern(value), `${asked.first}: ${name}`);
    assert.match(text, pattern(wanted.body), asked.first);
  }
});
