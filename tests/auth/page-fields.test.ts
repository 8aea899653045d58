import assert from "node:assert/strict";
import { after, test } from "node:test";
import { URI } from "otpauth";
import { type Browser, password, type Reply, startPeople } from "../support/live-people.ts";
import { pagePeople } from "./page-people.ts";

const live = await startPeople({ after }, { backend: pagePeople });
const ada = await live.join("ada@example.org", "Ada", { track: "degree", agreed: true });
await live.browser().post("/auth/v1/password/forgot", { email: "ada@example.org" });
const strangers = ["sign-in", "sign-up", `reset?token=${await live.tokenTo("ada@example.org", /Choose a new password/)}`];
const own = ["account", "password", "address", "prove", "authenticator"];

const inputs = (text: string): readonly string[] => [...text.matchAll(/<input\b[^>]*>/g)].map(([input]) => input);

test("fields of passwords hide what is typed, and let it be pasted and filled in by managers", async () => {
  let count = 0;
  for (const [browser, pages] of [
    [live.browser(), strangers],
    [ada, own],
  ] as const) {
    for (const page of pages) {
      const { status, text } = await browser.get(`/auth/${page}`);
      assert.ok(status < 300, `${page} ${status}`);
      for (const input of inputs(text).filter((each) => / name="[^"]*(?:password|current)"/.test(each))) {
        count++;
        assert.match(input, / type="password"/, page);
        assert.match(input, / autocomplete="(?:current|new)-password"/, page);
      }
      assert.doesNotMatch(text, /onpaste|addEventListener\("paste|readonly/, page);
    }
  }
  assert.ok(count >= 6, String(count));
});

test("the account's page has the way out, and those that change something of it lead there", async () => {
  assert.match((await ada.get("/auth/account")).text, /<form method="post" action="\/auth\/sign-out/);
  for (const page of ["password", "address", "authenticator", "passkeys", "prove"])
    assert.match((await ada.get(`/auth/${page}`)).text, /href="\/auth\/account"/, page);
});

test("a form of a password says whose it is, to programs that keep them", async () => {
  for (const [browser, page] of [
    [live.browser(), strangers.at(-1) ?? ""],
    [ada, "password"],
    [ada, "prove"],
  ] as const)
    assert.match((await browser.get(`/auth/${page}`)).text, /value="ada@example\.org" autocomplete="username" hidden/, page);
});

test("a link that is over says so before anybody thinks of a new password", async () => {
  const reply = await live.browser().get(`/auth/reset?token=${"A".repeat(43)}`);
  assert.equal(reply.status, 400);
  assert.match(reply.text, /<h1>This link is not good any more<\/h1>/);
});

test("a form that was sent twice goes on as if it had been sent once", async () => {
  const browser = live.browser();
  const email = "twice@example.org";
  const sendTwice = async (page: string, fields: Readonly<Record<string, string>>): Promise<void> => {
    for (let time = 0; time < 2; time++) assert.equal((await send(browser, page, fields)).status, 303, page);
  };
  const fields = { email, password, "user.name": "Twice", "user.track": "degree", "user.agreed": "true" };
  await sendTwice("sign-up", fields);
  const token = await live.tokenTo(email, /Confirm your address/);
  const confirmed = await send(browser, "confirm", { token });
  assert.equal(confirmed.status, 303, confirmed.text);
  await send(browser, "sign-out", {});
  await sendTwice("code", { email });
  const code = /\d{4} \d{4}/.exec(await live.mailTo(email, /Your code/))?.[0] ?? "";
  const entered = await send(browser, "code/enter", { code });
  assert.equal(entered.status, 303, entered.text);
});

test("a sign-up whose link is followed elsewhere says that the password is missing, not that something is wrong with it", async () => {
  const email = "elsewhere@example.org";
  await send(live.browser(), "sign-up", {
    email,
    password,
    "user.name": "E",
    "user.track": "degree",
    "user.agreed": "true",
  });
  const token = await live.tokenTo(email, /Confirm your address/);
  const other = live.browser();
  // It signed somebody else up before.
  await send(other, "sign-up", {
    email: "first@example.org",
    password,
    "user.name": "F",
    "user.track": "degree",
    "user.agreed": "true",
  });
  const { text } = await send(other, "confirm", { token });
  assert.match(text, /<a href="#password">Password: Fill this in\.<\/a>/);
  assert.equal((await send(other, "confirm", { token, password })).status, 303);
});

test("a second factor that was left empty is asked for by the field that it goes into", async () => {
  const email = "app@example.org";
  const owner = await live.join(email, "App", { track: "degree", agreed: true });
  const { enrolment, uri } = (await owner.post("/auth/v1/totp")).body as { enrolment: string; uri: string };
  const code = (URI.parse(uri) as { generate(): string }).generate();
  assert.equal((await owner.post("/auth/v1/totp/confirm", { enrolment, code })).status, 200);
  const half = live.browser();
  assert.equal((await send(half, "sign-in", { email, password })).headers.get("location"), "/auth/factor");
  for (const [browser, page] of [
    [half, "factor"],
    [owner, "prove"],
  ] as const)
    for (const way of ["", "recovery"]) {
      const { status, text } = await send(browser, page, { code: " ", with: way });
      assert.equal(status, 400);
      assert.match(text, /<ul><li><a href="#code">Code: Fill this in\.<\/a><\/li><\/ul>/, `${page} ${way}`);
    }
});

test("what was left empty where somebody signs in is asked for, and is no wrong password", async () => {
  const { status, text } = await send(live.browser(), "sign-in", { email: "ada@example.org", password: "" });
  assert.equal(status, 400);
  assert.match(text, /<ul><li><a href="#password">Password: Fill this in\.<\/a><\/li><\/ul>/);
});

test("where to go after is let go of rather than what a code is good together with", async () => {
  const browser = live.browser();
  await send(browser, "code", { email: "ada@example.org", to: `/${"/%25".repeat(400)}`.slice(1) });
  const [, kept = ""] = [...browser.cookies].find(([name]) => name.startsWith("chassis-visit")) ?? [];
  assert.ok(kept.length < 4000 && decodeURIComponent(kept).includes("request="), kept);
  assert.equal((await browser.get("/auth/code/enter")).status, 200);
});

function send(browser: Browser, page: string, fields: Readonly<Record<string, string>>): Promise<Reply> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return browser.ask(`/auth/${page}`, { method: "POST", body: new URLSearchParams(fields).toString(), headers });
}
