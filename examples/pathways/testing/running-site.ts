import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import PostalMime from "postal-mime";
import { freePort } from "../../../tests/support/free-port.ts";
import { startMailServer } from "../../../tests/support/smtp-server.ts";
import { temporaryFolder } from "../../../tests/support/temporary-folder.ts";

const backend: string = fileURLToPath(new URL("..", import.meta.url));
const program: string = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

interface Size {
  readonly width: number;
  readonly height: number;
}

export const desktop: Size = { width: 1280, height: 860 };
export const phone: Size = { width: 360, height: 740 };

/** Somebody with an account, signed in. */
export interface Person {
  readonly id: string;
  readonly address: string;
  /** As a `Cookie` header has it. */
  readonly cookie: string;
}

export const password = "correct horse battery";

export interface VisitorOptions {
  readonly person?: Person;
  readonly context?: BrowserContextOptions;
}

/** Pathways as `npm start` runs it, on a database of its own, with a browser to look at it. */
export interface RunningSite {
  readonly origin: string;
  readonly browser: Browser;
  /** A key of the API for that user, as `chassis token` makes it. */
  readonly token: (user: string, role?: string) => Promise<string>;
  /** Somebody of that name: at first an account is made, and confirmed by the link in the mail; a role is given as an operator does. */
  readonly person: (name: string, role?: string) => Promise<Person>;
  /** The address in the next mail to somebody that leads to a page of the site below this path. */
  readonly linkTo: (address: string, path: string) => Promise<string>;
  /** A page of a visitor of their own, without JavaScript: nothing on the site needs any. */
  readonly visitor: (options?: VisitorOptions) => Promise<Page>;
}

/** Starts the site and waits for it; it ends with the test. */
export async function runSite(t: TestContext, browser: Browser): Promise<RunningSite> {
  const port = await freePort();
  const mails = await startMailServer(t);
  const origin = `http://localhost:${port}`;
  const environment = {
    ...process.env,
    PORT: String(port),
    CHASSIS_DATA: await temporaryFolder(t),
    CHASSIS_LOG_LEVEL: "warn",
    CHASSIS_BASE_URL: origin,
    CHASSIS_MAIL_SERVER: `smtp+plain://127.0.0.1:${mails.port}`,
  };
  const server = spawn(process.execPath, [program, "start", backend], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (chunk) => (output += chunk));
  t.after(() => stop(server));
  await answers(origin, server, () => output);

  async function command(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { env: environment });
    return stdout.trim();
  }

  async function post(path: string, body: object): Promise<Response> {
    const headers = { "content-type": "application/json" };
    const response = await fetch(origin + path, { method: "POST", headers, body: JSON.stringify(body) });
    assert.ok(response.ok, `${path}: ${response.status} ${response.ok || (await response.text())}`);
    return response;
  }

  async function linkTo(address: string, path: string): Promise<string> {
    for (const end = Date.now() + 15_000; Date.now() < end; await wait(20)) {
      const mail = mails.taken.findLast(({ to }) => to.includes(address));
      const { text = "" } = mail === undefined ? {} : await PostalMime.parse(mail.raw);
      const link = text.split(/\s+/).find((word) => word.startsWith(`${origin}${path}`));
      if (link !== undefined) return link;
    }
    throw new Error(`No mail to ${address} leads to ${path}:\n${output}`);
  }

  async function makeAccount(name: string, role: string | undefined): Promise<Person> {
    const address = `${name.toLowerCase().replaceAll(/[^a-z]+/g, "")}@example.org`;
    await post("/auth/v1/sign-up", { email: address, password, user: { name } });
    const token = new URL(await linkTo(address, "/auth/confirm")).searchParams.get("token");
    const confirmed = await post("/auth/v1/sign-up/confirm", { token, password });
    if (role !== undefined) await command("user", "roles", address, backend, "--role", role);
    const { user } = (await confirmed.json()) as { user: string };
    return { id: user, address, cookie: confirmed.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
  }

  const people = new Map<string, Promise<Person>>();
  return {
    origin,
    browser,
    linkTo,
    token: (user, role) => command("token", backend, "--user", user, ...(role === undefined ? [] : ["--role", role])),
    person(name, role) {
      const made = people.get(name) ?? makeAccount(name, role);
      people.set(name, made);
      return made;
    },
    async visitor({ person, context = {} } = {}) {
      const opened = await browser.newContext({ baseURL: origin, viewport: desktop, javaScriptEnabled: false, ...context });
      opened.setDefaultTimeout(10_000);
      const [name = "", value = ""] = person?.cookie.split("=") ?? [];
      if (name !== "") await opened.addCookies([{ name, value, url: origin, httpOnly: true, sameSite: "Lax" }]);
      return opened.newPage();
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
