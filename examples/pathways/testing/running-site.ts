import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { freePort } from "../../../tests/support/free-port.ts";
import { temporaryFolder } from "../../../tests/support/temporary-folder.ts";

const backend: string = fileURLToPath(new URL("..", import.meta.url));
const program: string = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

interface Size {
  readonly width: number;
  readonly height: number;
}

export const desktop: Size = { width: 1280, height: 860 };
export const phone: Size = { width: 360, height: 740 };

export interface VisitorOptions {
  readonly token?: string;
  readonly context?: BrowserContextOptions;
}

/** Pathways as `npm start` runs it, on a database of its own, with a browser to look at it. */
export interface RunningSite {
  readonly origin: string;
  readonly browser: Browser;
  /** As `chassis token` makes it. */
  readonly token: (user: string, role?: string) => Promise<string>;
  /** A page of a visitor of their own, without JavaScript: nothing on the site needs any. Signed in where a token is given. */
  readonly visitor: (options?: VisitorOptions) => Promise<Page>;
}

/** Starts the site and waits for it; it ends with the test. */
export async function runSite(t: TestContext, browser: Browser): Promise<RunningSite> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const environment = { ...process.env, PORT: String(port), CHASSIS_DATA: await temporaryFolder(t), CHASSIS_LOG_LEVEL: "warn" };
  const server = spawn(process.execPath, [program, "start", backend], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (chunk) => (output += chunk));
  t.after(() => stop(server));
  await answers(origin, server, () => output);

  return {
    origin,
    browser,
    async token(user, role) {
      const args = [program, "token", backend, "--user", user, ...(role === undefined ? [] : ["--role", role])];
      const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment });
      return stdout.trim();
    },
    async visitor({ token, context = {} } = {}) {
      const opened = await browser.newContext({ baseURL: origin, viewport: desktop, javaScriptEnabled: false, ...context });
      opened.setDefaultTimeout(10_000);
      const page = await opened.newPage();
      if (token === undefined) return page;
      await page.goto("/sign-in");
      await page.getByLabel("Your token").fill(token);
      await page.getByRole("button", { name: "Sign in" }).click();
      assert.equal(page.url(), `${origin}/account`);
      return page;
    },
  };
}

/** The import of all schools is part of the first start, and takes seconds on a busy machine. */
async function answers(origin: string, server: ChildProcess, output: () => string): Promise<void> {
  for (const end = Date.now() + 90_000; Date.now() < end; await wait(100)) {
    if (server.exitCode !== null) throw new Error(`The server ended:\n${output()}`);
    const response = await fetch(`${origin}/health/ready`).catch(() => undefined);
    if (response?.ok === true) return;
  }
  throw new Error(`The server does not answer:\n${output()}`);
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill("SIGTERM");
  await once(server, "exit");
}
