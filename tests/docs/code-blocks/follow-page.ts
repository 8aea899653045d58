import assert from "node:assert/strict";
import { mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { silentLogger } from "#base";
import { runProgram } from "#cli";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import type { Backend } from "chassis";
import { commandTexts, parseCommand, parseCurl } from "./command-line.ts";
import { assertShown } from "./compare-output.ts";
import { root } from "../named-tests.ts";
import type { CodeBlock } from "./read-page.ts";

interface RunOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly mayFail: boolean;
}

/**
 * Somebody who follows a page in an empty folder: writes its files, types its commands, and looks at what comes. All in this process:
 * commands by `runProgram`, `dev` and `start` as a platform, which `curl` asks without a socket.
 */
export class PageFollower {
  readonly #home: string;
  readonly #modules: string;
  readonly #variables = new Map<string, string>();
  readonly #environment: Record<string, string> = {};
  readonly #cookies = new Map<string, string>();
  #version = 0;
  #loaded = false;
  #served: string | undefined;
  #platform: Platform | undefined;
  /** What the last command gave. Undefined where none was run. */
  #output: string | undefined;

  constructor(home: string, modules: string) {
    this.#home = home;
    this.#modules = modules;
  }

  get #folder(): string {
    return join(this.#home, `${this.#version}`);
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await symlink(this.#modules, join(this.#home, "node_modules"), "junction");
    await writeFile(join(this.#home, "package.json"), '{ "type": "module" }\n');
    process.chdir(this.#folder);
  }

  async write(block: CodeBlock): Promise<void> {
    // A module is loaded once for each path: what was loaded and is written anew lies somewhere else.
    if (this.#loaded && /\.tsx?$/.test(block.title ?? "")) await this.#move();
    const path = join(this.#folder, block.title ?? "");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, block.text);
  }

  async #move(): Promise<void> {
    await this.#stop();
    const old = this.#folder;
    this.#version++;
    process.chdir(this.#home);
    await rename(old, this.#folder);
    process.chdir(this.#folder);
    this.#loaded = false;
  }

  /** `shown`: what the last command says is shown next, and it may be what went wrong. */
  async type(block: CodeBlock, shown: boolean): Promise<void> {
    const texts = commandTexts(block.text);
    for (const [index, text] of texts.entries()) {
      const { words, variable, file, environment, exported } = parseCommand(text, this.#variables);
      if (words.length === 0 && variable === undefined) {
        if (exported) Object.assign(this.#environment, environment);
        else for (const [name, value] of Object.entries(environment)) this.#variables.set(name, value);
        continue;
      }
      const output = await this.#run(words, {
        environment: { ...this.#environment, ...environment },
        mayFail: shown && index === texts.length - 1,
      });
      if (variable !== undefined) this.#variables.set(variable, output.trim());
      else if (file !== undefined) await writeFile(join(this.#folder, file), output);
      else this.#output = output;
    }
  }

  compare(block: CodeBlock): void {
    assert.ok(this.#output !== undefined, "No command comes before it whose output it could be.");
    assertShown(block, this.#output);
  }

  /** Runs SQL on the page's database, beside the server. */
  query(block: CodeBlock): void {
    const path = join(this.#folder, this.#served ?? ".", ".data/chassis.db");
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      this.#output = JSON.stringify(database.prepare(block.text).all());
    } finally {
      database.close();
    }
  }

  async close(): Promise<void> {
    await this.#stop();
    process.chdir(root);
  }

  async #stop(): Promise<void> {
    await this.#platform?.close();
    this.#platform = undefined;
  }

  async #run(words: readonly string[], { environment, mayFail }: RunOptions): Promise<string> {
    const [program, ...rest] = words;
    if (program === "curl") return this.#curl(rest);
    if (program === "cat") return (await Promise.all(rest.map((name) => readFile(join(this.#folder, name), "utf8")))).join("");
    if (program === "node" && rest[0] === "--test") return "";
    assert.deepEqual([program, rest[0]], ["npx", "chassis"], "Only curl, cat, node --test and npx chassis are run here.");
    const args = rest.slice(1);
    this.#loaded = true;
    if (args[0] === "dev" || args[0] === "start") {
      await this.#stop();
      this.#served = args.slice(1).find((word) => !word.startsWith("-")) ?? ".";
      await this.#serve(environment);
      return "";
    }
    const before = { ...process.env };
    Object.assign(process.env, environment);
    let [output, errors] = ["", ""];
    try {
      const code = await runProgram(args, {
        print: (line = "") => void (output += `${line}\n`),
        report: (line) => void (errors += `${line}\n`),
        progress() {},
        style: (_, text) => text,
      });
      assert.ok(code === 0 || mayFail, `${words.join(" ")} ended with ${code}: ${errors}`);
    } finally {
      for (const name of Object.keys(environment)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
    return output === "" ? errors : output;
  }

  async #serve(environment: Readonly<Record<string, string>>): Promise<Platform> {
    const folder = join(this.#folder, this.#served ?? ".");
    const file = join(folder, "backend.ts");
    const { default: backend } = (await import(pathToFileURL(file).href)) as { readonly default: Backend };
    this.#platform = await createPlatform({
      backend,
      config: loadConfig({ environment: { CHASSIS_DURABILITY: "lose-minutes", ...environment, PORT: "0" } }),
      dataDirectory: join(folder, ".data"),
      logger: silentLogger,
      development: true,
      backendFile: file,
    });
    // For commands that ask the server; `curl` needs no socket.
    await this.#platform.listen();
    return this.#platform;
  }

  async #curl(words: readonly string[]): Promise<string> {
    const { url, init, showsHead, keepsCookies, sendsCookies } = parseCurl(
      words,
      (file) => new Uint8Array(readFileSync(join(this.#folder, file))),
    );
    assert.match(url, /^(?:http:\/\/)?localhost:4000\//, "The address is that of the server: localhost:4000/...");
    this.#loaded = true;
    assert.ok(this.#served !== undefined, "No command has started a server: npx chassis dev");
    const platform = this.#platform ?? (await this.#serve(this.#environment));
    if (sendsCookies) init.headers.set("cookie", [...this.#cookies].map((pair) => pair.join("=")).join("; "));
    const address = `http://${url.replace(/^http:\/\//, "")}`;
    const response = await platform.fetch(new Request(address, { ...init, redirect: "manual" }), { address: "192.0.2.1" });
    if (keepsCookies)
      for (const line of response.headers.getSetCookie()) {
        const [name = "", value = ""] = (line.split(";")[0] ?? "").split(/=(.*)/);
        this.#cookies.set(name, value);
      }
    const head = showsHead
      ? `HTTP/1.1 ${response.status}\n${[...response.headers].map(([name, value]) => `${name}: ${value}\n`).join("")}\n`
      : "";
    return head + (await response.text());
  }
}

/** Where the packages are, `chassis` among them, for folders outside the repository. */
export async function linkPackages(folder: string, root: string, names: readonly string[]): Promise<string> {
  const modules = join(folder, "node_modules");
  await mkdir(modules, { recursive: true });
  await symlink(root, join(modules, "chassis"), "junction");
  for (const name of names) {
    const target = join(root, "node_modules", name);
    if (!existsSync(target)) continue;
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(target, join(modules, name), "junction");
  }
  return modules;
}
