import assert from "node:assert/strict";
import { test } from "node:test";
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import { URI } from "otpauth";
import { type Backend, defineBackend, defineSchema, everyone, nobody, text } from "chassis";
import { requireBrowser } from "../support/browser.ts";
import { password, startPeople } from "../support/live-people.ts";

const schema = defineSchema({ users: { name: text() } });

/** A page of an app's own with the forms of passkeys on it, and what it was sent. */
const backend: Backend<typeof schema> = defineBackend(schema, {
  rules: { users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }) },
  auth: true,
  routes: () => async (request) => {
    const sent = request.method === "POST" ? (new URLSearchParams(await request.text()).get("response") ?? "") : "";
    const form = (kind: string): string =>
      `<form method="post" action="/passkeys" data-passkey="${kind}" hidden><input type="hidden" name="response"><button>${kind}</button>
<p role="alert" data-passkey-problem data-cancelled="It was cancelled." data-failed="It failed." hidden></p></form>`;
    return new Response(
      `<!doctype html><title>Passkeys</title><script src="/auth/v1/passkeys.js" defer></script>
${["add", "sign-in", "factor", "prove"].map(form).join("\n")}<pre>${Buffer.from(sent).toString("base64")}</pre>`,
      { headers: { "content-type": "text/html; charset=utf-8" } },
    );
  },
});

interface Device {
  readonly session: CDPSession;
  readonly id: string;
}

/** A security key that is part of the browser: it verifies its user by itself (CDP, the domain WebAuthn). */
async function addDevice(context: BrowserContext, page: Page): Promise<Device> {
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId: id } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { session, id };
}

const credentials = async ({ session, id }: Device) =>
  (await session.send("WebAuthn.getCredentials", { authenticatorId: id })).credentials;

/** As a script of the page asks, with its cookies. */
async function ask(
  page: Page,
  path: string,
  body: unknown = {},
  method = "POST",
): Promise<{ status: number; body: Record<string, unknown> }> {
  const sent = { path: `/auth/v1/${path}`, body: method === "GET" ? undefined : JSON.stringify(body), method };
  return page.evaluate(async ({ path, body, method }) => {
    const headers = { "content-type": "application/json" };
    const reply = await fetch(path, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await reply.text();
    return { status: reply.status, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }, sent);
}

/** Presses the button of a form, and gives the answer of the device that the form was sent with. */
async function press(page: Page, url: string, kind: string): Promise<unknown> {
  await page.goto(`${url}/passkeys`);
  await Promise.all([
    page.waitForResponse(
      (response) => response.request().method() === "POST" && new URL(response.url()).pathname === "/passkeys",
    ),
    page.getByRole("button", { name: kind, exact: true }).click(),
  ]);
  await page.waitForLoadState("load");
  const text = await page.locator("pre").textContent();
  return JSON.parse(Buffer.from(text ?? "", "base64").toString("utf8"));
}

test("passkeys in a browser: added, signed in with, shown once more, as a second factor, cancelled, of somebody else", async (t) => {
  const chromium = await requireBrowser(t);
  if (chromium === undefined) return;
  const live = await startPeople(t, { backend });
  const { url } = live;
  const context = await chromium.newContext();
  const page = await context.newPage();
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(error.message));
  await page.goto(`${url}/passkeys`);
  const ada = await addDevice(context, page);

  // Added.
  const email = "ada@example.org";
  const joined = await live.join(email);
  const [[name, value] = ["", ""]] = [...joined.cookies];
  await context.addCookies([{ name, value, url }]);
  const added = await ask(page, "passkeys", { response: await press(page, url, "add"), name: "Laptop" });
  assert.equal(added.status, 200, JSON.stringify(added.body));
  const [credential] = await credentials(ada);
  assert.deepEqual([credential?.rpId, credential?.isResidentCredential], ["localhost", true]);
  const { body: listed } = await ask(page, "factors", undefined, "GET");
  assert.deepEqual(
    (listed["passkeys"] as { name: string; used: null }[]).map(({ name, used }) => [name, used]),
    [["Laptop", null]],
  );

  // A second time on the same device it is refused by the browser, and the page says so.
  await page.goto(`${url}/passkeys`);
  await page.getByRole("button", { name: "add", exact: true }).click();
  const alert = page.locator('form[data-passkey="add"] [data-passkey-problem]');
  await alert.waitFor({ state: "visible" });
  assert.match((await alert.textContent()) ?? "", /It failed|It was cancelled/);

  // Signed in with, by somebody who says nothing of who they are.
  assert.equal((await ask(page, "sign-out")).status, 204);
  const signedIn = await ask(page, "sign-in/passkey", { response: await press(page, url, "sign-in") });
  assert.deepEqual([signedIn.status, signedIn.body["user"]], [200, joined.user], JSON.stringify(signedIn.body));
  const { body: who } = await ask(page, "session", undefined, "GET");
  assert.deepEqual((who["session"] as { proofs: string[] }).proofs, ["passkey"]);

  // Shown once more.
  const proved = await ask(page, "prove", { passkey: await press(page, url, "prove") });
  assert.equal(proved.status, 200, JSON.stringify(proved.body));

  // As a second factor, with an authenticator app beside it.
  const { body: begun } = await ask(page, "totp");
  const app = URI.parse(String(begun["uri"])) as { generate(): string };
  assert.equal((await ask(page, "totp/confirm", { enrolment: begun["enrolment"], code: app.generate() })).status, 200);
  await ask(page, "sign-out");
  const half = await ask(page, "sign-in", { email, password });
  assert.deepEqual([half.status, half.body["factors"]], [403, ["totp", "passkey", "recovery"]]);
  const whole = await ask(page, "sign-in/factor", { passkey: await press(page, url, "factor") });
  assert.equal(whole.status, 200, JSON.stringify(whole.body));
  const { body: both } = await ask(page, "session", undefined, "GET");
  assert.deepEqual((both["session"] as { proofs: string[] }).proofs, ["password", "passkey"]);

  // Cancelled: nobody is there to be verified.
  await ask(page, "sign-out");
  await ada.session.send("WebAuthn.setUserVerified", { authenticatorId: ada.id, isUserVerified: false });
  await page.goto(`${url}/passkeys`);
  await page.getByRole("button", { name: "sign-in", exact: true }).click();
  const cancelled = page.locator('form[data-passkey="sign-in"] [data-passkey-problem]');
  await cancelled.waitFor({ state: "visible" });
  assert.equal(await cancelled.textContent(), "It was cancelled.");
  assert.ok(await page.getByRole("button", { name: "sign-in", exact: true }).isEnabled());
  await ada.session.send("WebAuthn.setUserVerified", { authenticatorId: ada.id, isUserVerified: true });

  // Of somebody else: their passkey is no second factor of hers, even under her own credential's id.
  const eve = await chromium.newContext();
  const evePage = await eve.newPage();
  await evePage.goto(`${url}/passkeys`);
  await addDevice(eve, evePage);
  const eveJoined = await live.join("eve@example.org");
  const [[eveName, eveValue] = ["", ""]] = [...eveJoined.cookies];
  await eve.addCookies([{ name: eveName, value: eveValue, url }]);
  assert.equal((await ask(evePage, "passkeys", { response: await press(evePage, url, "add") })).status, 200);
  await ask(evePage, "sign-out");
  const hers = (await press(evePage, url, "sign-in")) as { id: string; rawId: string };
  await ask(evePage, "sign-in", { email, password });
  for (const response of [hers, { ...hers, id: credential?.credentialId, rawId: credential?.credentialId }]) {
    const refused = await ask(evePage, "sign-in/factor", { passkey: response });
    assert.deepEqual([refused.status, refused.body["code"]], [400, "wrong_passkey"]);
  }
  // What Ada's device signs in her browser is good in no other.
  await page.goto(`${url}/passkeys`);
  const signed = await press(page, url, "sign-in");
  assert.equal((await ask(evePage, "sign-in/passkey", { response: signed })).body["code"], "wrong_passkey");
  assert.equal((await ask(page, "sign-in/passkey", { response: signed })).status, 200);
  assert.deepEqual(failures, []);
});

test("a passkey of this site is asked for on no other: the browser refuses its name, and the server the origin", async (t) => {
  const chromium = await requireBrowser(t);
  if (chromium === undefined) return;
  // Two ports of one host: browsers let both ask for the host's passkeys, so that only the server tells them apart.
  const [live, other] = [await startPeople(t, { backend }), await startPeople(t, { backend })];
  const context = await chromium.newContext();
  const page = await context.newPage();
  await page.goto(`${live.url}/passkeys`);
  await addDevice(context, page);
  const joined = await live.join("ada@example.org");
  const [[name, value] = ["", ""]] = [...joined.cookies];
  await context.addCookies([{ name, value, url: live.url }]);
  assert.equal((await ask(page, "passkeys", { response: await press(page, live.url, "add") })).status, 200);
  await ask(page, "sign-out");
  const { body: asked } = await ask(page, "sign-in/passkey/options");
  await page.goto(`${other.url}/passkeys`);
  const sign = (options: Record<string, unknown>) =>
    page.evaluate(async (options) => {
      const { parseRequestOptionsFromJSON } = PublicKeyCredential as unknown as {
        parseRequestOptionsFromJSON(this: void, given: unknown): never;
      };
      try {
        const found = await navigator.credentials.get({ publicKey: parseRequestOptionsFromJSON(options) });
        return (found as unknown as { toJSON(): Record<string, unknown> }).toJSON();
      } catch (error) {
        return { refused: (error as Error).name };
      }
    }, options);
  assert.deepEqual(await sign({ ...asked, rpId: "people.example" }), { refused: "SecurityError" });
  const stolen = await sign(asked);
  assert.equal(typeof stolen["id"], "string", JSON.stringify(stolen));
  await page.goto(`${live.url}/passkeys`);
  const refused = await ask(page, "sign-in/passkey", { response: stolen });
  assert.deepEqual([refused.status, refused.body["code"]], [400, "wrong_passkey"]);
});

test("without JavaScript, and where browsers know no passkeys, their forms are not shown", async (t) => {
  const chromium = await requireBrowser(t);
  if (chromium === undefined) return;
  const live = await startPeople(t, { backend });
  for (const javaScriptEnabled of [false, true]) {
    const context = await chromium.newContext({ javaScriptEnabled });
    await context.addInitScript(() => void Object.defineProperty(window, "PublicKeyCredential", { value: undefined }));
    const page = await context.newPage();
    await page.goto(`${live.url}/passkeys`);
    assert.equal(await page.locator("form:visible").count(), 0);
    await context.close();
  }
});
