import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, describe, test } from "node:test";
import { pagePeople } from "../auth/page-people.ts";
import { type Browser, password, type Reply, startPeople } from "../support/live-people.ts";

const live = await startPeople({ after }, { backend: pagePeople });
const { platform, url } = live;
const port = Number(new URL(url).port);
const cookieName = `chassis-session-${port}`;
const me = { track: "degree", agreed: true };
const urlencoded = "application/x-www-form-urlencoded";
const forgetMails = (): Promise<unknown> =>
  platform.database.transaction((connection) => connection.run("DELETE FROM _chassis_mail_budget", []));

function send(
  browser: Browser,
  path: string,
  fields: Readonly<Record<string, string>> | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const body = typeof fields === "string" ? fields : new URLSearchParams(fields).toString();
  return browser.ask(`/auth/${path}`, { method: "POST", body, headers: { "content-type": urlencoded, ...headers } });
}

const newcomer = (email: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  email,
  password,
  "user.name": "Eve",
  "user.track": "degree",
  "user.agreed": "true",
  ...more,
});

test("24: the links of mails that pages ask for lead to the site of the settings, whatever Host says", async () => {
  const email = "host@example.org";
  await live.join(email, "Host", me);
  const body = new URLSearchParams({ email }).toString();
  const ask = (headers: Readonly<Record<string, string>>): Promise<string> =>
    new Promise((resolve, reject) => {
      const all = { host: `localhost:${port}`, "content-type": urlencoded, "content-length": body.length, ...headers };
      const sent = httpRequest({ host: "127.0.0.1", port, path: "/auth/reset", method: "POST", headers: all });
      sent.on("error", reject).on("response", (response) => {
        response.resume().on("end", () => resolve(`${response.statusCode} ${response.headers.location ?? ""}`));
      });
      sent.end(body);
    });
  assert.equal(await ask({ host: "evil.example" }), "421 ");
  assert.equal(await ask({ "x-forwarded-host": "evil.example", forwarded: "host=evil.example" }), "303 /auth/sent?mail=reset");
  const text = await live.mailTo(email, /Choose a new password/);
  assert.ok(text.includes(`${url}/auth/reset?token=`) && !text.includes("evil"), text);
});

describe("31: no page tells who has an account", () => {
  /** All that could differ: the status, where it leads, the headers and the page, without what is random. */
  const shape = async (path: string, fields: Readonly<Record<string, string>>): Promise<unknown> => {
    const browser = live.browser();
    const reply = await send(browser, path, fields);
    const page = reply.status === 303 ? (await browser.get(reply.headers.get("location") ?? "")).text : reply.text;
    return {
      status: reply.status,
      location: reply.headers.get("location"),
      headers: [...reply.headers.keys()].filter((name) => name !== "x-request-id").toSorted((a, b) => (a < b ? -1 : 1)),
      page: page.replaceAll(/nonce="[^"]*"/g, "").replaceAll(fields["email"] ?? "", "ADDRESS"),
      lengths: [...browser.cookies].map(([name, value]) => [name, value.length]),
    };
  };

  test("31: not those to sign in, to sign up, nor to ask for a link, a code or another password", async () => {
    const known = "known@example.org";
    const unknown = "ghost@example.org";
    await live.join(known, "Known", me);
    await forgetMails();
    for (const [path, fields] of [
      ["sign-in", (email: string) => ({ email, password: "wrong password" })],
      ["sign-up", (email: string) => newcomer(email)],
      ["reset", (email: string) => ({ email })],
      ["link", (email: string) => ({ email })],
      ["code", (email: string) => ({ email })],
    ] as const)
      assert.deepEqual(await shape(path, fields(known)), await shape(path, fields(unknown)), path);
    const guess = async (email: string): Promise<string> => {
      const browser = live.browser();
      await send(browser, "code", { email });
      return (await send(browser, "code/enter", { code: "0000 0000" })).text
        .replaceAll(/nonce="[^"]*"/g, "")
        .replaceAll(email, "");
    };
    assert.equal(await guess(known), await guess(unknown));
  });
});

test("31: asking for a mail takes its time where none is sent as well", async () => {
  const known = "timed@example.org";
  await live.join(known, "Timed", me);
  for (const email of [known, "nobody-timed@example.org"])
    for (const page of ["reset", "link", "code"]) {
      const started = performance.now();
      await send(live.browser(), page, { email });
      assert.ok(performance.now() - started > 29, `${page} ${email}`);
    }
});

test("34: a session that was planted is worth nothing once somebody signs in on the page", async () => {
  const attacker = await live.join("planter@example.org", "P", me);
  await live.join("victim@example.org", "V", me);
  const planted = attacker.cookies.get(cookieName) ?? "";
  const victim = live.browser();
  victim.cookies.set(cookieName, planted);
  assert.equal((await send(victim, "sign-in", { email: "victim@example.org", password })).status, 303);
  assert.notEqual(victim.cookies.get(cookieName), planted);
  assert.equal((await attacker.get("/auth/account")).status, 303);
  assert.match((await victim.get("/auth/account")).text, /victim@example\.org/);
});

test("36: no way in leads to another site, whatever the address, the form or the cookie asks for", async () => {
  const email = "return@example.org";
  await live.join(email, "R", me);
  for (const to of [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "/\t/evil.example",
    "/.//evil.example",
    "javascript:alert(1)",
  ]) {
    const page = (await live.browser().get(`/auth/sign-in?to=${encodeURIComponent(to)}`)).text;
    assert.ok(!page.includes("evil") && !page.includes("javascript:"), to);
    const reply = await send(live.browser(), "sign-in", { email, password, to });
    assert.deepEqual([reply.status, reply.headers.get("location")], [303, "/welcome"], to);
    const browser = live.browser();
    await send(browser, "link", { email, to });
    const kept = encodeURIComponent(new URLSearchParams({ to, address: email }).toString());
    browser.cookies.set(`chassis-visit-${port}`, kept);
    const token = await live.tokenTo(email, /^Sign in to/);
    assert.equal((await send(browser, "link", { token })).headers.get("location"), "/welcome", to);
    await forgetMails();
    assert.equal((await send(browser, "sign-out", { to })).headers.get("location"), "/auth/sign-in?done=signed-out", to);
  }
  const good = await send(live.browser(), "sign-in", { email, password, to: "/a?b=c#d" });
  assert.equal(good.headers.get("location"), "/a?b=c#d");
});

describe("42: a page of another site does nothing by these forms", () => {
  const strangers: readonly Readonly<Record<string, string>>[] = [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "", origin: "https://evil.example" },
    { "sec-fetch-site": "", origin: "null" },
    { "sec-fetch-site": "cross-site", "content-type": "text/plain" },
  ];

  test("42: neither with a session nor for one, and is told so on a page", async () => {
    const email = "csrf@example.org";
    const browser = await live.join(email, "C", me);
    for (const given of strangers) {
      const headers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
      const said = JSON.stringify(headers);
      for (const [path, fields] of [
        ["sign-out", {}],
        ["sessions", { session: "others" }],
        ["password", { current: password, password: "another password" }],
        ["address", { email: "evil@example.org" }],
        ["authenticator", { step: "begin" }],
      ] as const) {
        const reply = await sendAs(browser, path, fields, headers);
        assert.equal(reply.status, 403, `${path} ${said}`);
        assert.match(reply.text, /<h1>This came from another site<\/h1>/, path);
      }
      const stranger = await sendAs(live.browser(), "sign-in", { email, password }, headers);
      assert.deepEqual([stranger.status, stranger.headers.get("set-cookie")], [403, null], said);
    }
    assert.match((await browser.get("/auth/account")).text, /csrf@example\.org/);
  });

  /** Without the header that a browser of the test says it is ours by. */
  async function sendAs(
    browser: Browser,
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>>,
  ): Promise<Pick<Reply, "status" | "text" | "headers">> {
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(`${url}/auth/${path}`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams(fields).toString(),
      headers: { "content-type": urlencoded, ...(cookie === "" ? {} : { cookie }), ...headers },
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }
});

test("45: a field that is sent twice is refused", async () => {
  const reply = await send(live.browser(), "sign-in", "email=a@example.org&email=b@example.org&password=x");
  assert.equal(reply.status, 400);
  assert.equal((await live.browser().get("/auth/sign-in?to=/a&to=//evil.example")).status, 400);
});

test("47: HTML that somebody typed, named or planted stays text", async () => {
  const html = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`;
  const own = /<script src="\/auth\/v1\/passkeys-[0-9a-f]{16}\.js" integrity="sha256-[A-Za-z0-9+/=]{44}" defer><\/script>/;
  const clean = (whole: string, about: string): void => {
    const page = whole.replace(own, "");
    assert.doesNotMatch(page, /<script|<img|onerror=alert\(1\)>(?!&)/, about);
    assert.ok(page.includes("</html>"), about);
  };
  const browser = live.browser();
  browser.cookies.set(
    `chassis-visit-${port}`,
    encodeURIComponent(new URLSearchParams({ address: html, request: html, to: html }).toString()),
  );
  for (const path of ["sent?mail=link", "code/enter", "sign-in", `sent?mail=${encodeURIComponent(html)}`])
    clean((await browser.get(`/auth/${path}`)).text || "</html>", path);
  for (const path of ["sign-in", "sign-up", "reset", "link", "confirm", "verify", "address", "first-admin", "factor", "nowhere"])
    for (const name of ["token", "email", "to", "done", "user.name", "with"])
      clean((await live.browser().get(`/auth/${path}?${name}=${encodeURIComponent(html)}`)).text || "</html>", `${path} ${name}`);
  clean(
    (await send(live.browser(), "sign-up", newcomer(html, { "user.name": html, "user.about": `</textarea>${html}` }))).text,
    "sign-up",
  );
  const email = "html@example.org";
  const person = await live.join(email, html.slice(0, 80), me);
  const agent = { headers: { "user-agent": html } };
  await live.browser().post("/auth/v1/sign-in", { email, password }, agent);
  clean((await person.get("/auth/account")).text, "account");
});

test("what a page with a token in its address may do and tell is as little as can be", async () => {
  const token = "A".repeat(43);
  for (const [path, referrer] of [
    [`/auth/reset?token=${token}`, "strict-origin"],
    ["/auth/sign-in", "same-origin"],
  ] as const) {
    const { headers } = await live.browser().get(path);
    assert.equal(headers.get("referrer-policy"), referrer);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-robots-tag"), "noindex, nofollow");
    const policy = headers.get("content-security-policy") ?? "";
    for (const part of ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"])
      assert.ok(policy.includes(part), policy);
    // But for the one file of passkeys, by its content.
    assert.doesNotMatch(policy, /unsafe|script-src (?!'sha256-[A-Za-z0-9+/=]{44}';)/);
  }
  const reply = await send(live.browser(), "reset", { token, password: "a good new password" });
  assert.equal(reply.status, 400);
  assert.match(reply.text, /<h1>This link is not good any more<\/h1>/);
  assert.doesNotMatch(reply.text, new RegExp(token));
});

test("a link that is good no more says so before anybody fills in a form for it", async () => {
  const token = "A".repeat(43);
  for (const page of ["confirm", "first-admin", "link", "keep", "reset"]) {
    const reply = await live.browser().get(`/auth/${page}?token=${token}`);
    assert.equal(reply.status, 400, page);
    assert.match(reply.text, /<h1>This link is not good any more<\/h1>/, page);
  }
});

test("the pages are the back end's where it wants none of ours, and nobody else's where it does", async (t) => {
  const routes = { ...pagePeople };
  assert.equal((await live.browser().get("/auth/anything")).status, 404);
  for (const path of ["/auth/anything", "/auth/", "/auth/sign-in/"])
    assert.match((await live.browser().get(path)).text, /There is no such page/, path);
  assert.match((await live.browser().get("/auth/v1/sign-in/")).text, /"PGRST125"/);
  assert.match((await live.browser().get("/elsewhere")).text, /<h1>Here<\/h1>/);
  const without = await startPeople(t, {
    backend: { ...routes, auth: { ...(pagePeople.auth ?? assert.fail()), pages: undefined } },
  });
  assert.match((await without.browser().get("/auth/sign-in")).text, /<h1>Here<\/h1>/);
  assert.equal((await without.browser().get("/auth/v1/session")).status, 200);
  const closed = await startPeople(t, {
    backend: { ...routes, auth: { ...(pagePeople.auth ?? assert.fail()), signUp: "closed" } },
  });
  assert.equal((await closed.browser().get("/auth/sign-up")).status, 404);
  assert.doesNotMatch((await closed.browser().get("/auth/sign-in")).text, /sign-up/);
});

test("too many attempts are told with the time to wait", async (t) => {
  const limited = await startPeople(t, {
    backend: pagePeople,
    environment: { CHASSIS_RATE_LIMITS: "on", CHASSIS_RATE_SIGN_INS: "off" },
  });
  let reply: Reply | undefined;
  for (let index = 0; index < 11; index++)
    reply = await send(limited.browser(), "sign-in", { email: "x@example.org", password: `wrong ${index}` });
  assert.equal(reply?.status, 429);
  assert.match(reply.headers.get("retry-after") ?? "", /^\d+$/);
  assert.match(reply.text, /<title>Error: Sign in · Pathways<\/title>/);
  assert.match(reply.text, /That was too often\. Try again in \d+ (?:minute|second)s?\./);
});

test("25: a second click loses nothing: the same browser is answered alike, and any other gets nothing", async () => {
  const email = "twice@example.org";
  await live.join(email, "Twice", me);
  const browser = live.browser();
  await browser.post("/auth/v1/link", { email });
  const token = await live.tokenTo(email, /^Sign in to/);
  await browser.get(`/auth/link?token=${token}`);
  const before = [...browser.cookies];
  const answers = await Promise.all([send(browser, "link", `token=${token}`), send(browser, "link", `token=${token}`)]);
  const session = (reply: Reply): string | undefined =>
    reply.headers.getSetCookie().find((line) => line.includes("session") && !line.includes("Max-Age=0"));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [303, 303],
  );
  assert.ok(answers[0] && answers[1] && session(answers[0]) !== undefined);
  assert.equal(session(answers[0]), session(answers[1]));
  assert.equal((await browser.get("/auth/v1/session")).body["email"], email);
  const stranger = live.browser();
  assert.equal((await send(stranger, "link", `token=${token}`)).status, 400);
  for (const [name, value] of before) stranger.cookies.set(name, `${value}x`);
  assert.equal((await send(stranger, "link", `token=${token}`)).status, 400);
  const twice = await Promise.all([
    send(browser, "prove", `password=${encodeURIComponent(password)}`),
    send(browser, "prove", `password=${encodeURIComponent(password)}`),
  ]);
  assert.deepEqual(
    twice.map(({ status }) => status),
    [303, 303],
  );
  assert.equal((await browser.get("/auth/v1/session")).body["email"], email, "whichever answer came last");
});
