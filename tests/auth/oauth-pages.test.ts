import assert from "node:assert/strict";
import { after, test } from "node:test";
import { requireBrowser } from "../support/browser.ts";
import { startOAuthPeople } from "../support/oauth-people.ts";

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
