import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { cp, mkdir, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { type ChildServer, spawnProgram } from "../support/child-server.ts";

const root = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/learn/first-backend.md"), "utf8");
// What follows is done in another folder, with a package that is built first: tests/repository/package.test.ts builds it.
const [followed = ""] = page.split("\n## In a project of its own\n");
const blocks = [...followed.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({ language, text }));

const WORD = /'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<bare>[^\s'"]+)/g;

/** Somebody who follows the page: writes its files, types its commands, and looks at what comes. */
class Reader {
  readonly #t: TestContext;
  readonly #folder: BackendFolder;
  readonly #variables = new Map<string, string>();
  #server: ChildServer | undefined;
  #origin = "";
  /** What the last command gave. */
  output = "";

  constructor(t: TestContext, folder: BackendFolder) {
    this.#t = t;
    this.#folder = folder;
  }

  async save(text: string): Promise<void> {
    await this.#folder.write("backend.ts", text);
    if (this.#server !== undefined) await this.#listening(this.#server);
  }

  async type(line: string): Promise<void> {
    const [, variable, command] = /^(\w+)=\$\((.*)\)$/.exec(line) ?? [];
    this.output = await this.#run(command ?? line);
    if (variable !== undefined) this.#variables.set(variable, this.output.trim());
  }

  async #run(line: string): Promise<string> {
    const words = [...line.matchAll(WORD)].map(
      ({ groups: { single, double, bare } = {} }) =>
        single ?? (double ?? bare ?? "").replace(/\$(\w+)/g, (_, name: string) => this.#variables.get(name) ?? ""),
    );
    if (words[0] === "curl") return this.#curl(words.slice(1));
    assert.deepEqual(words.slice(0, 2), ["npx", "chassis"], line);
    const args = words.slice(2).map((word) => (word === "my-board" ? this.#folder.path : word));
    if (args[0] === "create") {
      assert.deepEqual(args.slice(1), [this.#folder.path, "--template", "minimal"]);
      // Without what npm and the build of the package would take: tests/repository/package.test.ts does those.
      await cp(join(root, "templates/minimal"), this.#folder.path, { recursive: true });
      return "";
    }
    if (args[0] !== "dev") {
      const { code, output, errors } = await this.#folder.run(...args);
      assert.equal(code, 0, errors);
      return output;
    }
    this.#server = spawnProgram(this.#t, [...args, "--port", "0"]);
    await this.#listening(this.#server);
    return "";
  }

  async #listening(server: ChildServer): Promise<void> {
    const [, url = ""] = await server.written(/"url":"([^"]+)".*"Listening\."/);
    this.#origin = url;
  }

  async #curl(words: readonly string[]): Promise<string> {
    const headers = new Headers();
    let address = "";
    let body: string | undefined;
    for (let index = 0; index < words.length; index++) {
      const word = words[index] ?? "";
      if (word === "-H") headers.append(...(words[++index]?.split(": ", 2) as [string, string]));
      else if (word === "-d") body = words[++index];
      else address = word;
    }
    assert.ok(address.startsWith("localhost:4000/"), address);
    const url = this.#origin + address.slice("localhost:4000".length);
    const response = await fetch(url, body === undefined ? { headers } : { method: "POST", headers, body });
    return response.text();
  }
}

test("whoever follows the page on a first back end gets what it shows", async (t) => {
  const folder = await backendFolder(t);
  await mkdir(join(folder.path, "node_modules"));
  await symlink(root, join(folder.path, "node_modules/chassis"), "junction");
  const reader = new Reader(t, folder);
  for (const { language, text } of blocks) {
    if (language === "ts") await reader.save(text);
    else if (language === "sh") for (const line of text.trim().split("\n")) await reader.type(line);
    else if (language === "json") assert.deepEqual(JSON.parse(reader.output), JSON.parse(text));
    else assert.ok(reader.output.includes(text.trimEnd()), `${text}\nis not in\n${reader.output}`);
  }
  assert.ok(blocks.length > 12);
});

test("the page's first file is that of the template", () => {
  const first = blocks.find(({ language }) => language === "ts");
  assert.equal(first?.text, readFileSync(join(root, "templates/minimal/backend.ts"), "utf8"));
});

test("the page's last file is the example", () => {
  assert.equal(
    blocks.findLast(({ language }) => language === "ts")?.text,
    readFileSync(join(root, "examples/board/backend.ts"), "utf8"),
  );
});
