import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import * as oidc from "openid-client";
import type { Page } from "playwright-core";
import { axeFindsNothing } from "../support/axe.ts";
import { requireBrowser } from "../support/browser.ts";
import { addApp, providerBackend } from "../support/live-apps.ts";
import { password, startPeople } from "../support/live-people.ts";

const live = await startPeople({ after }, { backend: providerBackend });
await live.join("ada@example.org", "Ada");

/** An app elsewhere, whose people sign in with accounts of the site. */
async function startApp(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "localhost", resolve));
  after(() => void server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const own = `http://localhost:${address.port}`;
  const redirect_uri = `${own}/callback`;
  const app = await addApp(live, { name: "The shop", redirectUris: [redirect_uri], logoutUris: [`${own}/`] });
  const config = await oidc.discovery(new URL(live.url), app.id, app.secret, undefined, {
    execute: [oidc.allowInsecureRequests],
  });
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const begin = oidc.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: "openid profile email offline_access",
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
  });

  async function pageOf(url: URL): Promise<string> {
    if (url.pathname !== "/callback") return `<h1>Welcome</h1><a href="${begin.href.replaceAll("&", "&amp;")}">Sign in</a>`;
    if (url.searchParams.has("error")) return `<h1>No: ${url.searchParams.get("error")}</h1>`;
    const tokens = await oidc.authorizationCodeGrant(config, url, { pkceCodeVerifier, expectedState });
    const { name } = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? "");
    const leave = oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token ?? "", post_logout_redirect_uri: `${own}/` });
    return `<h1>Hello ${String(name)}</h1><a href="${leave.href.replaceAll("&", "&amp;")}">Sign out</a>`;
  }
  server.on("request", (request, response) => {
    response.setHeader("content-type", "text/html");
    pageOf(new URL(request.url ?? "/", own)).then(
      (html) => response.end(`<!doctype html><title>The shop</title>${html}`),
      (error: unknown) => response.end(`<h1>${String(error)}</h1>`),
    );
  });
  return own;
}

const heading = (page: Page): Promise<string> => page.getByRole("heading", { level: 1 }).innerText();
const press = (page: Page, name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click();

test("in a browser without scripts: an app sends people here, they sign in, say no, say yes, sign out, and take it back", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const own = await startApp();
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-GB" });
  const page = await context.newPage();

  await page.goto(own);
  await page.getByRole("link", { name: "Sign in" }).click();
  assert.equal(await heading(page), "Sign in");
  await page.getByLabel("E-mail address").fill("ada@example.org");
  await page.getByLabel("Password").fill(password);
  await press(page, "Sign in");
  assert.equal(await heading(page), "Sign in to The shop");
  await page.getByText("ada@example.org").waitFor();
  await page.getByText(new URL(own).host).waitFor();
  await press(page, "Do not allow");
  await page.waitForURL(`${own}/**`);
  assert.equal(await heading(page), "No: access_denied");

  await page.goto(own);
  await page.getByRole("link", { name: "Sign in" }).click();
  await press(page, "Allow");
  await page.waitForURL(`${own}/**`);
  assert.equal(await heading(page), "Hello Ada");

  const other = await context.newPage();
  await other.goto(`${live.url}/auth/account`);
  await other.getByText("Apps that you sign in to").waitFor();

  await page.getByRole("link", { name: "Sign out" }).click();
  await page.waitForURL(`${own}/`);
  assert.equal(await heading(page), "Welcome");
  await other.reload();
  assert.equal(await heading(other), "Sign in", "signed out here too");

  // What was allowed once is not asked again: the form of the page to sign in on leads to another site in the end.
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("E-mail address").fill("ada@example.org");
  await page.getByLabel("Password").fill(password);
  await press(page, "Sign in");
  await page.waitForURL(`${own}/**`);
  assert.equal(await heading(page), "Hello Ada");

  await other.goto(`${live.url}/auth/account`);
  await other.getByRole("button", { name: "Take it back: The shop" }).click();
  await other.getByText("The app has no access to your account any more.").waitFor();
  await page.goto(own);
  await page.getByRole("link", { name: "Sign in" }).click();
  assert.equal(await heading(page), "Sign in to The shop");
});

test("its pages are accessible", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const own = await startApp();
  const page = await (await browser.newContext({ bypassCSP: true, locale: "en-GB" })).newPage();
  await page.goto(own);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("E-mail address").fill("ada@example.org");
  await page.getByLabel("Password").fill(password);
  await press(page, "Sign in");
  assert.equal(await heading(page), "Sign in to The shop");
  await axeFindsNothing(page, "consent");
  await press(page, "Allow");
  await page.waitForURL(`${own}/**`);
  await page.goto(`${live.url}/auth/account`);
  await axeFindsNothing(page, "the account");
  await page.goto(`${live.url}/oidc/v1/end-session`);
  await axeFindsNothing(page, "signing out");
  await page.goto(`${live.url}/oidc/v1/authorize?client_id=nobody`);
  await axeFindsNothing(page, "an app that is not known");
});
