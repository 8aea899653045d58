import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { axeFindsNothing } from "../support/axe.ts";
import { requireBrowser } from "../support/browser.ts";
import { startPeople } from "../support/live-people.ts";
import teams from "../../examples/teams/backend.ts";

const live = await startPeople({ after }, { backend: teams });
const { url } = live;
const password = "correct horse battery";

async function linkTo(address: string, subject: RegExp): Promise<string> {
  const text = await live.mailTo(address, subject);
  const link = /https?:\/\/\S+\/auth\/\S+?token=[\w-]{43}/.exec(text)?.[0];
  assert.ok(link !== undefined, text);
  return link;
}

/** As with a browser in which no script runs. */
async function open(browser: Browser, locale = "en-GB"): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, locale });
  return context.newPage();
}

const press = (page: Page, name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click();
const heading = (page: Page): Promise<string> => page.getByRole("heading", { level: 1 }).innerText();

/** Signs up on the page that is open, and follows the link. */
async function signUp(page: Page, name: string, email: string): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await press(page, "Sign up");
  await page.goto(await linkTo(email, /Confirm your address/));
  await press(page, "Make my account");
}

test("a team from its making to its end, without a script", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const ada = await open(browser);
  await ada.goto(`${url}/auth/sign-up?to=/auth/account`);
  await signUp(ada, "Ada", "ada@example.org");
  await ada.getByRole("link", { name: "See and make organisations" }).click();
  await ada.getByText("You belong to none yet.").waitFor();
  await ada.getByRole("link", { name: "Make an organisation" }).click();
  await press(ada, "Make it");
  await ada.getByRole("alert").getByText("Fill this in.").waitFor();
  await ada.getByLabel("Name").fill("x".repeat(61));
  await press(ada, "Make it");
  await ada.getByRole("alert").getByRole("link", { name: "Name: At most 60 characters." }).waitFor();
  await ada.getByLabel("Name").fill("Red <b>Rockets</b>");
  await press(ada, "Make it");
  assert.equal(await heading(ada), "Red <b>Rockets</b>");
  await ada.getByText("The organisation is made.").waitFor();
  const home = ada.url().replace(/&done=\w+/, "");

  await t.test("invites: wrong addresses are told, the mail leads a stranger through signing up and back", async () => {
    await ada.getByLabel("E-mail address").fill("bea");
    await press(ada, "Invite");
    await ada.getByRole("alert").getByText("This is not an e-mail address").waitFor();
    await ada.getByLabel("E-mail address").fill("bea@example.org");
    await ada.getByLabel("Role").selectOption({ label: "Administrator" });
    await press(ada, "Invite");
    await ada.getByText("The invitation is on its way.").waitFor();
    await press(ada, "Send again: bea@example.org");
    await ada.getByRole("alert").getByText("That was too often.").waitFor();

    const link = await linkTo("bea@example.org", /You are invited/);
    const bea = await open(browser);
    await bea.goto(link);
    assert.equal(bea.url(), `${url}/auth/organisations/invitation`, "the token has left the address");
    await bea.getByText("You are invited to Red <b>Rockets</b>, with the role: Administrator.").waitFor();
    await bea.getByRole("link", { name: "Make an account to accept" }).click();
    await signUp(bea, "Bea", "bea@example.org");
    assert.equal(bea.url(), `${url}/auth/organisations/invitation`, "back to the invitation");
    await press(bea, "Accept");
    await bea.getByText("You belong to it now.").waitFor();
    assert.equal(await bea.getByRole("listitem").count(), 2);
    await bea.goto(link);
    await bea.getByText("It was used, withdrawn or declined").waitFor();
    await bea.goto(home);
    assert.equal(await bea.getByText("Change", { exact: true }).count(), 0, "an administrator changes no owner");
    await bea.getByText("Leave", { exact: true }).click();
    await press(bea, "Leave this organisation");
    await bea.getByText("You have left it.").waitFor();
    await bea.goto(home);
    assert.equal(await heading(bea), "There is no such page");
  });

  await t.test("29: who has another address is told that, and comes in with the right one", async () => {
    await ada.goto(home);
    await ada.getByLabel("E-mail address").fill("cat@example.org");
    await press(ada, "Invite");
    await ada.getByText("The invitation is on its way.").waitFor();
    const link = await linkTo("cat@example.org", /You are invited/);
    await live.join("cat@example.org", "Cat");
    const bea = await open(browser);
    await bea.goto(`${url}/auth/sign-in`);
    await bea.getByLabel("E-mail address").fill("bea@example.org");
    await bea.getByLabel("Password").fill(password);
    await press(bea, "Sign in");
    const answer = await bea.goto(link);
    assert.equal(answer?.status(), 403);
    assert.equal(await heading(bea), "This invitation is for another address");
    assert.doesNotMatch(await bea.content(), /cat@|Rockets/);
    await press(bea, "Sign out");
    await bea.getByRole("link", { name: "Sign in to accept" }).click();
    await bea.getByLabel("E-mail address").fill("cat@example.org");
    await bea.getByLabel("Password").fill(password);
    await press(bea, "Sign in");
    await press(bea, "Accept");
    await bea.getByText("You belong to it now.").waitFor();
  });

  await t.test("gives roles, removes members, and keeps an owner", async () => {
    await ada.goto(home);
    await ada.getByText("Leave", { exact: true }).click();
    await press(ada, "Leave this organisation");
    await ada.getByRole("alert").getByText("An organisation keeps an owner.").waitFor();
    const cat = ada.getByRole("listitem").filter({ hasText: "Cat" });
    await cat.getByText("Change", { exact: true }).click();
    await cat.getByLabel("Role").selectOption({ label: "Administrator" });
    await press(ada, "Give this role");
    await ada.getByText("The role is changed.").waitFor();
    await cat.getByText("Administrator", { exact: true }).first().waitFor();
    await ada.getByRole("link", { name: "Change its details" }).click();
    assert.equal(await ada.getByLabel("Name").inputValue(), "Red <b>Rockets</b>");
    await ada.getByLabel("Name").fill("Blue");
    await press(ada, "Save");
    await ada.getByText("The details are saved.").waitFor();
    assert.equal(await heading(ada), "Blue");
    await cat.getByText("Change", { exact: true }).click();
    await press(ada, "Remove: Cat");
    await ada.getByText("They are no member any more.").waitFor();
    assert.equal(await ada.getByRole("listitem").filter({ hasText: "Cat" }).count(), 0);
  });

  await t.test("declines without an account", async () => {
    await ada.getByLabel("E-mail address").fill("dan@example.org");
    await press(ada, "Invite");
    const dan = await open(browser, "nl");
    await dan.goto(await linkTo("dan@example.org", /You are invited/));
    assert.equal(await heading(dan), "Je bent uitgenodigd");
    await press(dan, "Afslaan");
    assert.equal(await heading(dan), "Je hebt bedankt");
    await ada.getByLabel("E-mail address").fill("dan@example.org");
    await press(ada, "Invite");
    await ada.getByRole("alert").getByText("has declined").waitFor();
  });

  await t.test("42: no form of another site does any of it", async () => {
    const context = await browser.newContext();
    const { cookies } = await ada.context().storageState();
    await context.addCookies(cookies);
    const forms = [
      ["members", { do: "leave" }],
      ["new", { "organisation.name": "Evil" }],
      ["invitation", { do: "accept", token: "x" }],
    ] as const;
    for (const [path, fields] of forms) {
      const answer = await context.request.post(`${url}/auth/organisations/${path}`, {
        form: fields,
        headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
      });
      assert.equal(answer.status(), 403, path);
    }
    await context.close();
  });

  await t.test("the pages are accessible, in light and in dark", async () => {
    const context = await browser.newContext({ bypassCSP: true });
    await context.addCookies((await ada.context().storageState()).cookies);
    const page = await context.newPage();
    for (const path of [home, `${url}/auth/organisations`, `${url}/auth/organisations/new`]) {
      await page.goto(path);
      for (const summary of await page.locator("summary").all()) await summary.click();
      await axeFindsNothing(page, path);
    }
    const stranger = await browser.newContext({ bypassCSP: true });
    const opened = await stranger.newPage();
    await ada.goto(home);
    await ada.getByLabel("E-mail address").fill("eve@example.org");
    await press(ada, "Invite");
    await opened.goto(await linkTo("eve@example.org", /You are invited/));
    await axeFindsNothing(opened, "invitation");
    await context.close();
    await stranger.close();
  });
});
