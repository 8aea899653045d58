import assert from "node:assert/strict";
import { after, test } from "node:test";
import { defineBackend, defineSchema, enums, everyone, nobody, ref, table, text } from "chassis";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { requireBrowser } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";
import { Browser } from "../support/live-people.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80) },
    notes: { author: ref("users").defaultToActor(), body: text().max(200) },
    organisations: { name: text().min(1).max(60) },
    members: table(
      {
        organisation: ref("organisations").onDelete("cascade"),
        user: ref("users").onDelete("cascade"),
        role: enums("owner", "admin", "member"),
      },
      { unique: [["organisation", "user"]] },
    ),
  },
  { organisations: true },
);

const backend = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: row.id.eq(me.id) }),
    notes: ({ row, me }) => ({ read: everyone, write: row.author.eq(me.id) }),
    organisations: ({ row, me }) => ({
      read: me.belongsTo(row),
      create: me.isVerified,
      update: me.hasRoleIn(row, "owner"),
      delete: nobody,
    }),
    members: ({ row, me }) => ({ read: me.belongsTo(row.organisation), write: nobody }),
  },
  auth: {
    pages: { fields: { name: "Your name" } },
    keys: true,
    provider: true,
    providers: { github: true },
  },
  mail: { from: "Studio <hello@studio.example>", brand: { name: "Studio", logo: { src: "/logo.png", width: 40, height: 40 } } },
  routes: (app) => (request) => {
    const { pathname } = new URL(request.url);
    return new Response(
      `<!doctype html><title>Site</title><h1>At ${pathname}</h1><a href="${app.base}/auth/sign-in">Sign in</a> <a href="${app.base}/page">Page</a>`,
      { headers: { "content-type": "text/html" } },
    );
  },
});

interface Site {
  readonly platform: Platform;
  readonly origin: string;
  /** As people see it. */
  readonly base: string;
}

async function start(path: string, settings: Readonly<Record<string, string>> = {}): Promise<Site> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const environment = {
    CHASSIS_BASE_URL: origin + path,
    CHASSIS_OAUTH_GITHUB_ID: "id",
    CHASSIS_OAUTH_GITHUB_SECRET: "secret",
    CHASSIS_RATE_LIMITS: "off",
    CHASSIS_DURABILITY: "lose-minutes",
    ...settings,
  };
  const platform = await createPlatform({
    backend,
    config: loadConfig({ environment, overrides: { port: String(port) } }),
    dataDirectory: await temporaryFolder({ after }),
    isDisposable: true,
    logger: silentLogger,
    development: true,
  });
  after(() => platform.close());
  await platform.listen();
  return { platform, origin, base: origin + path };
}

// A name of a route of ours, twice: whoever takes prefixes away by guessing takes away too much.
const kept = await start("/auth/rest");
const stripped = await start("/app", { CHASSIS_PREFIX: "stripped" });

const password = "correct horse battery";

/** The text of the newest mail to that address. */
async function mailTo({ platform }: Site, address: string): Promise<string> {
  for (;;) {
    const messages = await platform.mail.mailbox.list({ limit: 20 });
    const found = messages.find(({ to }) => to.includes(address));
    if (found !== undefined) return (await platform.mail.mailbox.find(found.id))?.text ?? "";
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Signs somebody up by the requests of programs, as a browser under that prefix would send them. */
async function signUp(site: Site, at: string): Promise<Browser> {
  const email = "ada@example.org";
  const browser = new Browser(at);
  const sent = await browser.post("/auth/v1/sign-up", { email, password, user: { name: "Ada" } });
  assert.equal(sent.status, 202, sent.text);
  const text = await mailTo(site, email);
  const [, link = "", token = ""] = /(http\S+?)\?token=([\w-]+)/.exec(text) ?? [];
  assert.equal(link, `${site.base}/auth/confirm`);
  const confirmed = await browser.post("/auth/v1/sign-up/confirm", { token });
  assert.equal(confirmed.status, 200, confirmed.text);
  return browser;
}

const linksOf = (html: string): readonly string[] =>
  [...html.matchAll(/\s(?:href|src|action|formaction)="([^"]*)"/g)].map(([, address = ""]) => address.replaceAll("&amp;", "&"));

/** Follows every link from page to page; gives the paths that were seen. */
async function crawl({ origin, base }: Site, browser: Browser, from: readonly string[]): Promise<readonly string[]> {
  const prefix = new URL(base).pathname;
  const waiting = from.map((path) => base + path);
  const seen = new Set<string>();
  for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
    if (seen.has(address)) continue;
    seen.add(address);
    const answer = await browser.get(address.slice(base.length), {
      headers: { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
    });
    assert.ok(answer.status < 400 || answer.status === 429, `${address} is answered with ${answer.status}`);
    const location = answer.headers.get("location");
    const found = [
      ...linksOf(answer.headers.get("content-type")?.includes("html") === true ? answer.text : ""),
      ...(location === null ? [] : [location]),
    ];
    for (const each of found) {
      if (each.startsWith("data:") || each.startsWith("#") || each.startsWith("mailto:")) continue;
      const next = new URL(each, address);
      assert.equal(next.origin, origin, `${address} leads to ${each}`);
      assert.ok(next.pathname.startsWith(`${prefix}/`), `${address} leads to ${each}, out of the prefix`);
      assert.ok(!next.pathname.startsWith(`${prefix}${prefix}/`), `${address} leads to ${each}, twice below the prefix`);
      next.hash = "";
      // Forms are sent and not followed, and a mail's parts have links of their own.
      if (answer.text.includes(`action="${each.replaceAll("&", "&amp;")}"`) || next.pathname.endsWith("/message.eml")) continue;
      // What it was good for is done.
      if (next.searchParams.has("token")) continue;
      waiting.push(next.href);
    }
  }
  return [...seen].map((each) => each.slice(base.length));
}

test("no page and no redirect below a prefix leads out of it, for a stranger and for somebody who is signed in", async () => {
  const stranger = await crawl(kept, new Browser(kept.base), [
    "/auth/sign-in",
    "/auth/sign-up",
    "/auth/reset",
    "/auth/account",
    "/docs",
    "/",
  ]);
  for (const path of ["/auth/link", "/auth/code", "/auth/sign-up", "/openapi.json"])
    assert.ok(stranger.includes(path), `${path} was not found`);
  const browser = await signUp(kept, kept.base);
  const pages = await crawl(kept, browser, [
    "/auth/account",
    "/auth/organisations/new",
    "/auth/keys",
    "/dev/mailbox",
    "/nothing-here",
    "/",
  ]);
  for (const path of ["/auth/passkeys", "/auth/authenticator", "/auth/delete", "/auth/organisations", "/dev/mailbox/1/body"])
    assert.ok(pages.includes(path), `${path} was not found among ${pages.join(" ")}`);
});

test("cookies of two servers below one host do not take each other's place, and keep __Host- over TLS", async () => {
  const { createSessionCookies } = await import("#application");
  const names = ["https://a.example", "https://a.example/app", "https://a.example/app/two", "https://a.example/app.two"].map(
    (site) => {
      const cookie = createSessionCookies(site).set("x", 1000);
      assert.match(cookie, /^__Host-chassis-session\S*; Path=\/; HttpOnly; SameSite=Lax; Secure;/);
      return cookie.slice(0, cookie.indexOf("="));
    },
  );
  assert.equal(new Set(names).size, 4, names.join(" "));
  const one = createSessionCookies("https://a.example/app");
  assert.equal(one.read(one.set("token", 1000).split(";")[0]), "token");
  assert.equal(createSessionCookies("https://a.example").read(one.set("token", 1000).split(";")[0]), undefined);
});

test("data, errors, health and addresses below a prefix", async () => {
  const browser = await signIn(kept, kept.base);
  const made = await browser.post("/rest/v1/notes", { body: "one" }, { headers: { prefer: "return=headers-only" } });
  assert.equal(made.status, 201, made.text);
  const location = made.headers.get("location") ?? "";
  assert.match(location, /^\/auth\/rest\/rest\/v1\/notes\?id=eq\./);
  assert.equal((await fetch(kept.origin + location)).status, 200);
  await browser.post("/rest/v1/notes", { body: "two" });
  const page = await browser.get("/rest/v1/notes?limit=1&order=id");
  const next = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1] ?? "";
  assert.equal(new URL(next, `${kept.base}/rest/v1/notes`).pathname, "/auth/rest/rest/v1/notes");

  const outside = await fetch(`${kept.origin}/rest/v1/notes`);
  assert.equal(outside.status, 404);
  assert.match(await outside.text(), /below \/auth\/rest\//);
  assert.equal((await fetch(`${kept.origin}/auth/sign-in`)).status, 404, "the name of the prefix's first part is no way past it");
  for (const at of [kept.origin, kept.base]) assert.equal((await fetch(`${at}/health/ready`)).status, 200);
  const bare = await fetch(`${kept.base}?x=1`, { redirect: "manual" });
  assert.deepEqual([bare.status, bare.headers.get("location")], [308, "/auth/rest/?x=1"]);
  assert.match(await (await fetch(`${kept.base}/`)).text(), /At \//);
  assert.equal(kept.platform.url, kept.base);
});

/** A second browser of the same person. */
async function signIn(site: Site, at: string): Promise<Browser> {
  const browser = new Browser(at);
  const answer = await browser.post("/auth/v1/sign-in", { email: "ada@example.org", password });
  assert.equal(answer.status, 200, answer.text);
  assert.ok(site.platform.auth !== undefined);
  return browser;
}

test("other sites and other apps find their way below a prefix", async () => {
  const browser = new Browser(kept.base);
  const began = await browser.post("/auth/v1/oauth/github", { to: "/page" });
  const asked = new URL(String(began.body["location"]));
  assert.equal(asked.searchParams.get("redirect_uri"), `${kept.base}/auth/v1/oauth/github/callback`);
  const refused = await browser.get("/auth/v1/oauth/github/callback?error=access_denied&state=x");
  assert.match(refused.headers.get("location") ?? "", /^\/auth\/rest\/auth\/oauth\?problem=/);

  const found = (await (await fetch(`${kept.base}/.well-known/openid-configuration`)).json()) as Record<string, string>;
  assert.equal(found["issuer"], kept.base);
  for (const name of ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"])
    assert.ok(found[name]?.startsWith(`${kept.base}/`), `${name}: ${found[name]}`);
  assert.equal((await fetch(found["jwks_uri"] ?? "")).status, 200);
});

interface Described {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, { readonly name?: string }>> };
}

test("the document of the API leads below a prefix, kept or stripped: its server, every path, its cookie", async () => {
  for (const [{ base, origin }, at] of [
    [kept, kept.base],
    [stripped, stripped.origin],
  ] as const) {
    const document = (await (await fetch(`${at}/openapi.json`)).json()) as Described;
    assert.deepEqual(document.servers, [{ url: base }]);
    const { servers, paths, components } = document;
    const asked = Object.entries(paths).filter(([path, methods]) => "get" in methods && !path.includes("{"));
    assert.ok(asked.length > 3 && "/rest/v1/notes" in paths, Object.keys(paths).join(" "));
    for (const [path] of asked) {
      // A proxy that takes the prefix away stands between.
      const address = ((servers[0]?.url ?? "") + path).replace(base, at);
      const { code } = ((await (await fetch(address)).json()) ?? {}) as { readonly code?: string };
      assert.notEqual(code, "PGRST125", `${address}: no such path`);
    }
    const names = Object.values(components.securitySchemes).flatMap(({ name }) => name ?? []);
    assert.ok(
      names.some((name) => name.endsWith(`~${new URL(base).pathname.slice(1).replaceAll("/", "~")}`)),
      `${origin}: ${names.join(" ")}`,
    );
    // The script asks for the document where the page's link leads.
    const page = await (await fetch(`${at}/docs`, { headers: { "sec-fetch-dest": "document" } })).text();
    assert.ok(page.includes(`href="${new URL(base).pathname}/openapi.json"`));
    const [, script = ""] = /<script src="([^"]+)"/.exec(page) ?? [];
    assert.ok(script.startsWith(`${new URL(base).pathname}/docs/scalar-`), script);
    const answer = await fetch((origin + script).replace(base, at));
    assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "text/javascript; charset=utf-8"]);
    await answer.body?.cancel();
  }
});

test("a proxy may take the prefix away: paths come without it, and all that leaves is below it", async () => {
  // What a proxy sends on, whose callers ask for the same paths below /app.
  const browser = await signUp(stripped, stripped.origin);
  assert.ok(
    [...browser.cookies.keys()].some((name) => name.endsWith("~app")),
    [...browser.cookies.keys()].join(" "),
  );
  const account = await browser.get("/auth/account");
  assert.equal(account.status, 200);
  for (const link of linksOf(account.text)) assert.match(link, /^(?:\/app\/(?!app\/)|#|data:)/);
  const asked = await new Browser(stripped.origin).get("/auth/account");
  assert.equal(asked.headers.get("location"), "/app/auth/sign-in?to=%2Fauth%2Faccount");
  const made = await browser.post("/rest/v1/notes", { body: "one" }, { headers: { prefer: "return=headers-only" } });
  assert.match(made.headers.get("location") ?? "", /^\/app\/rest\/v1\/notes/);
  // A page of the app below its own prefix is one of the app: nothing is taken away twice.
  assert.match(await (await fetch(`${stripped.origin}/app/page`)).text(), /At \/app\/page/);
});

test("a back end below a prefix, in a browser: sign up by the mail in the mailbox, a passkey, out and in again", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const page = await (await browser.newContext({ locale: "en-GB", baseURL: kept.origin })).newPage();
  page.setDefaultTimeout(10_000);
  const left: string[] = [];
  page.context().on("request", (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin === kept.origin && !pathname.startsWith("/auth/rest/") && pathname !== "/favicon.ico") left.push(pathname);
  });
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto(`${kept.base}/`);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Sign up" }).click();
  await page.getByLabel("Your name").fill("Bob");
  await page.getByLabel("E-mail address").fill("bob@example.org");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign up", exact: true }).click();
  await page.getByRole("link", { name: "Open the mailbox of development" }).click();
  await page
    .getByRole("link", { name: /Confirm your address[^]*bob@/ })
    .first()
    .click();
  const [confirming] = await Promise.all([
    page.waitForEvent("popup"),
    page.frameLocator("iframe").locator('a[href*="token="]').first().click(),
  ]);
  await confirming.getByRole("button", { name: "Make my account" }).click();
  await confirming.waitForURL(`${kept.base}/`);
  await confirming.close();

  await page.goto(`${kept.base}/auth/passkeys`);
  await page.getByLabel("What you call it").fill("Laptop");
  await page.getByRole("button", { name: "Add a passkey", exact: true }).click();
  await page.getByText("The passkey is added.").waitFor();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("button", { name: "Use a passkey", exact: true }).click();
  await page.waitForURL(`${kept.base}/`);
  assert.deepEqual(left, []);
});
