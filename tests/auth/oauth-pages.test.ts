import assert from "node:assert/strict";
import { after, test } from "node:test";
import { axeFindsNothing } from "../support/axe.ts";
import { requireBrowser } from "../support/browser.ts";
import { startPeople } from "../support/live-people.ts";
import { oauthBackend, oauthEnvironment, startOAuthPeople } from "../support/oauth-people.ts";

const { acme, other, live, known, subject } = await startOAuthPeople({ after });
const shots = process.env["SHOTS"];

test("somebody signs in by another site, in a browser, without a script, and connects another one", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const page = await browser.newPage({
    javaScriptEnabled: shots !== undefined,
    baseURL: live.url,
    viewport: { width: 412, height: 915 },
  });
  const shoot = async (name: string): Promise<void> => {
    if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  };
  acme.person = known(subject());
  await page.goto("/auth/sign-in?to=/after");
  await shoot("sign-in");
  await page.getByRole("button", { name: "Continue with Acme" }).click();
  await page.waitForURL("**/after");
  assert.notEqual(await page.locator("p").first().textContent(), "nobody");

  other.person = known(subject());
  await page.goto("/auth/account");
  await shoot("account");
  await page.getByRole("link", { name: "See and connect sites" }).click();
  await shoot("connections");
  await page.getByRole("button", { name: "Connect Other" }).click();
  await page.waitForURL("**/auth/connections?done=connected");
  await shoot("connected");
  await page.getByRole("button", { name: /^Disconnect: Acme/ }).click();
  await page.waitForURL("**/auth/account?done=disconnected");

  await page.context().clearCookies();
  acme.person = { ...known(subject()), email_verified: false };
  await page.goto("/auth/sign-up");
  await shoot("sign-up");
  await page.getByRole("button", { name: "Continue with Acme" }).click();
  await page.waitForURL("**/auth/oauth/finish");
  await shoot("finish");
  assert.equal(await page.getByLabel("Name").inputValue(), "Ada");
  const email = await page.getByLabel("E-mail address").inputValue();
  await page.getByRole("button", { name: "Send me the link" }).click();
  await page.waitForURL("**/auth/sent?mail=oauth");
  await page.goto(`/auth/oauth/confirm?token=${await live.tokenTo(email, /Confirm your address/)}`);
  await shoot("confirm");
  await page.getByRole("button", { name: "Make my account" }).click();
  await page.waitForURL(`${live.url}/`);
  assert.notEqual(await page.locator("p").first().textContent(), "nobody");

  await page.context().clearCookies();
  acme.lies = { token: () => ({ error: "invalid_grant" }) };
  await page.goto("/auth/sign-in");
  await page.getByRole("button", { name: "Continue with Acme" }).click();
  await page.getByRole("heading", { name: "Acme does not answer as it should" }).waitFor();
  await shoot("failed");
});

test("axe finds nothing wrong with any of its pages, and many sites stand two to a row, each with its whole name", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const names = ["acme", "hooli", "initech", "umbrella", "wonka"];
  const backend = oauthBackend(Object.fromEntries(names.map((name) => [name, acme.url])));
  const many = await startPeople(t, { backend, environment: oauthEnvironment(...names) });
  const context = await browser.newContext({ bypassCSP: true, baseURL: many.url, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const look = async (path: string): Promise<void> => {
    await page.goto(path);
    await axeFindsNothing(page, path);
    if (shots === undefined) return;
    await page.screenshot({ path: `${shots}/axe-${path.replaceAll(/\W+/g, "-").slice(0, 40)}-dark.png`, fullPage: true });
    await page.emulateMedia({ colorScheme: "light" });
    await page.screenshot({ path: `${shots}/axe-${path.replaceAll(/\W+/g, "-").slice(0, 40)}-light.png`, fullPage: true });
  };
  await look("/auth/sign-up");
  await look("/auth/sign-in");
  const rows = new Map<number, number>();
  for (const name of names) {
    const button = page.getByRole("button", {
      name: `Continue with ${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      exact: true,
    });
    const { y = 0, height } = (await button.boundingBox()) ?? {};
    rows.set(y, (rows.get(y) ?? 0) + 1);
    assert.equal(height, 44, name);
  }
  assert.deepEqual([...rows.values()], [2, 2, 1]);
  acme.lies = {};
  const sub = subject();
  acme.person = { ...known(sub), email_verified: false };
  await page.getByRole("button", { name: "Continue with Acme" }).click();
  await page.waitForURL("**/auth/oauth/finish");
  await axeFindsNothing(page, "what is missing");
  await page.getByRole("button", { name: "Send me the link" }).click();
  await page.waitForURL("**/auth/sent?mail=oauth");
  await axeFindsNothing(page, "a mail is on its way");
  await look(`/auth/oauth/confirm?token=${await many.tokenTo(String(known(sub)["email"]), /Confirm your address/)}`);
  await page.getByRole("button", { name: "Make my account" }).click();
  await page.waitForURL(`${many.url}/`);
  await look("/auth/connections?done=connected");
  await look("/auth/account");
  await look("/auth/oauth?problem=providerFailed&provider=acme");
  // An answer without content leaves the page that leads on where it is.
  acme.lies = { answer: (path, response) => path === "/authorize" && (response.writeHead(204).end(), true) };
  await page.goto("/auth/connections");
  await page.getByRole("button", { name: "Connect Hooli" }).click();
  await page.getByRole("heading", { name: "On to Hooli" }).waitFor();
  await axeFindsNothing(page, "on to another site");
});
