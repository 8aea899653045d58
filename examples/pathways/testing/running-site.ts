import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { openTestBackend } from "chassis/testing";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import pathways from "../backend.ts";

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

/** Pathways with all schools, at a port of its own, with a browser to look at it. */
export interface RunningSite {
  readonly origin: string;
  readonly browser: Browser;
  /** A key of the API for that user. */
  readonly token: (user: string, role?: "editor") => Promise<string>;
  /** Somebody of that name: at first an account is made, and confirmed by the link in the mail; a role is given as an operator does. */
  readonly person: (name: string, role?: "editor") => Promise<Person>;
  /** The address in the next mail to somebody that leads to a page of the site below this path. */
  readonly linkTo: (address: string, path: string) => Promise<string>;
  /** A page of a visitor of their own, without JavaScript: nothing on the site needs any. */
  readonly visitor: (options?: VisitorOptions) => Promise<Page>;
}

/** Opens the site, which fills its database; it ends with the test. */
export async function runSite(t: TestContext, browser: Browser): Promise<RunningSite> {
  const site = await openTestBackend(pathways, { listen: true });
  t.after(() => site.close());
  const origin = site.url;

  async function post(path: string, body: object): Promise<Response> {
    const headers = { "content-type": "application/json" };
    const response = await fetch(origin + path, { method: "POST", headers, body: JSON.stringify(body) });
    assert.ok(response.ok, `${path}: ${response.status} ${response.ok || (await response.text())}`);
    return response;
  }

  async function linkTo(address: string, path: string): Promise<string> {
    const { links } = await site.outbox.next({ to: address, timeLimit: 15_000 });
    const link = links.find((each) => each.startsWith(`${origin}${path}`));
    assert.ok(link !== undefined, `${links.join(" ")} do not lead to ${path}`);
    return link;
  }

  async function makeAccount(name: string, role: "editor" | undefined): Promise<Person> {
    const address = `${name.toLowerCase().replaceAll(/[^a-z]+/g, "")}@example.org`;
    await post("/auth/v1/sign-up", { email: address, password, user: { name } });
    const token = new URL(await linkTo(address, "/auth/confirm")).searchParams.get("token");
    const confirmed = await post("/auth/v1/sign-up/confirm", { token, password });
    if (role !== undefined) await site.auth?.obey({ type: "users", action: "roles", who: address, roles: [role] });
    const { user } = (await confirmed.json()) as { user: string };
    return { id: user, address, cookie: confirmed.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
  }

  const people = new Map<string, Promise<Person>>();
  return {
    origin,
    browser,
    linkTo,
    token: (id, role) => site.as({ id, ...(role === "editor" ? { roles: [role] } : {}) }).token(),
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
