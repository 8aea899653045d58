import assert from "node:assert/strict";
import { type Logger, silentLogger } from "#base";
import { type ConfigSources, loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { type Backend, defineBackend, defineSchema, everyone, nobody, ref, signedIn, text } from "chassis";
import { type Scope, temporaryFolder } from "./temporary-folder.ts";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80), bio: text().max(500).optional() },
    notes: { author: ref("users").immutable().defaultToActor(), body: text().max(500) },
    secrets: { body: text() },
  },
  { roles: ["editor"] },
);

/** People who write notes, and secrets for those who have just given their password. */
const peopleBackend: Backend<typeof schema> = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: row.id.eq(me.id) }),
    notes: ({ row, me }) => ({ read: signedIn, write: row.author.eq(me.id).or(me.hasRole("editor")) }),
    secrets: ({ me }) => ({ read: me.isVerified.and(me.provedWithin("10m")), write: nobody }),
  },
  auth: true,
  routes: (app) => async (request) => {
    const { me } = await app.as(request);
    return new Response(`<p>${me?.id ?? "nobody"}</p>`, { headers: { "content-type": "text/html" } });
  },
});

export const password = "correct horse battery";

export interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly code: string | undefined;
}

/** Somebody's browser, as far as it keeps cookies and says where requests come from. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  get(path: string, asked: Asked = {}): Promise<Reply> {
    return this.ask(path, { method: "GET", ...asked });
  }

  post(path: string, body: unknown = {}, asked: Asked = {}): Promise<Reply> {
    return this.ask(path, { method: "POST", body, ...asked });
  }

  /** As a page of the site asks. */
  async ask(path: string, { method = "GET", body, headers = {} }: Asked): Promise<Reply> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(cookie === "" ? {} : { cookie }),
        "sec-fetch-site": "same-origin",
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      redirect: "manual",
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/;\s*Max-Age=0(?:;|$)/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const text = await response.text();
    const parsed: unknown = text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : {};
    const reply = parsed as Readonly<Record<string, unknown>>;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: reply,
      code: response.status >= 400 ? String(reply["code"]) : undefined,
    };
  }
}

/** A server on which people sign in, with the mailbox that its mails go to. */
export interface LivePeople {
  readonly platform: Platform;
  readonly url: string;
  browser(): Browser;
  /** The token in the link of the next mail to that address, whose subject matches; the mail is waited for. */
  tokenTo(address: string, subject: RegExp): Promise<string>;
  /** The text of that mail. */
  mailTo(address: string, subject: RegExp): Promise<string>;
  /** Somebody with an account, and a browser that is signed in. */
  join(email: string, name?: string, more?: object): Promise<Browser & { readonly user: string }>;
}

export async function startPeople(
  t: Scope,
  {
    backend = peopleBackend,
    environment = {},
    logger = silentLogger,
  }: { readonly backend?: Backend; readonly environment?: ConfigSources["environment"]; readonly logger?: Logger } = {},
): Promise<LivePeople> {
  const config = loadConfig({ environment: { CHASSIS_RATE_LIMITS: "off", ...environment }, overrides: { port: "0" } });
  const dataDirectory = await temporaryFolder(t);
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory,
    logger,
    development: true,
    isDisposable: true,
  });
  t.after(() => platform.close());
  const url = await platform.listen();
  const read = new Set<number>();

  async function mailTo(address: string, subject: RegExp): Promise<string> {
    const start = performance.now();
    for (;;) {
      const list = await platform.mail.mailbox.list({ to: address });
      const found = list.find((message) => !read.has(message.id) && subject.test(message.subject));
      if (found !== undefined) {
        read.add(found.id);
        return (await platform.mail.mailbox.find(found.id))?.text ?? "";
      }
      assert.ok(performance.now() - start < 20_000, `No mail ${subject} to ${address}: ${JSON.stringify(list)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async function tokenTo(address: string, subject: RegExp): Promise<string> {
    const text = await mailTo(address, subject);
    const token = /[?&]token=([A-Za-z0-9_-]{43})/.exec(text)?.[1];
    assert.ok(token !== undefined, text);
    return token;
  }

  return {
    platform,
    url,
    browser: () => new Browser(url),
    mailTo,
    tokenTo,
    async join(email, name = "Somebody", more = {}) {
      const browser = new Browser(url);
      assert.equal((await browser.post("/auth/v1/sign-up", { email, password, user: { name, ...more } })).status, 202);
      const token = await tokenTo(email, /Confirm your address/);
      const reply = await browser.post("/auth/v1/sign-up/confirm", { token });
      assert.equal(reply.status, 200, reply.text);
      return Object.assign(browser, { user: String(reply.body["user"]) });
    },
  };
}
