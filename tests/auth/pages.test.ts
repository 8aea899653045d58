import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Secret, TOTP } from "otpauth";
import { requireBrowser } from "../support/browser.ts";
import { axeFindsNothing } from "../support/axe.ts";
import { startPeople } from "../support/live-people.ts";
import { pagePeople } from "./page-people.ts";

const live = await startPeople({ after }, { backend: pagePeople });
const { url } = live;
const password = "correct horse battery";

/** The link in the next mail to that address. */
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

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}

async function signUp(page: Page, email: string): Promise<void> {
  await page.goto(`${url}/auth/sign-up?to=/schools%3Fq%3Da`);
  await page.getByLabel("Your name").fill("Ada");
  await page.getByLabel("Track").selectOption("degree");
  await page.getByLabel("I keep to the rules").check();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await press(page, "Sign up");
}

async function signInBy(page: Page, email: string, given = password): Promise<void> {
  await page.goto(`${url}/auth/sign-in`);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(given);
  await press(page, "Sign in");
}

const heading = (page: Page): Promise<string> => page.getByRole("heading", { level: 1 }).innerText();

test("the pages of sign-in, in a browser", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;

  await t.test(
    "without a script: sign up, see and end sessions, reset, sign in each way, change the address, sign out",
    async () => {
      const email = "ada@example.org";
      const page = await open(browser);
      await signUp(page, email);
      assert.equal(await heading(page), "Look into your mail");
      await page.getByText(`A mail is on its way to ${email}`).waitFor();
      await page.goto(await linkTo(email, /Confirm your address/));
      assert.equal(await page.getByLabel("Password").count(), 0, "the browser that signed up is asked for no password");
      await press(page, "Make my account");
      assert.equal(page.url(), `${url}/schools?q=a`, "back to where they came from");

      await page.goto(`${url}/auth/account`);
      assert.equal(await heading(page), "Your account");
      await page.getByText("Ada", { exact: true }).waitFor();
      await page.getByText(email).waitFor();
      const other = await open(browser);
      await signInBy(other, email);
      assert.equal(other.url(), `${url}/welcome`);
      await page.reload();
      await page.getByRole("listitem").nth(1).waitFor();
      assert.equal(await page.getByText("Here", { exact: true }).count(), 1);
      await page.getByRole("button", { name: /^Sign out: Chrome/ }).click();
      await page.getByText("That device is signed out.").waitFor();
      assert.equal(await page.getByRole("listitem").count(), 1);
      await other.goto(`${url}/auth/account`);
      assert.equal(await heading(other), "Sign in");

      await other.getByRole("link", { name: "Forgot your password?" }).click();
      await other.getByLabel("E-mail address").fill(email);
      await press(other, "Send me the link");
      assert.equal(await heading(other), "Look into your mail");
      await other.goto(await linkTo(email, /Choose a new password/));
      await other.getByLabel("New password").fill("12345678");
      await press(other, "Set the password");
      await other.getByRole("alert").getByText("Many people use this password").waitFor();
      const changed = "another good password";
      await other.getByLabel("New password").fill(changed);
      await press(other, "Set the password");
      await other.getByText("The new password is set. Sign in with it.").waitFor();
      await page.reload();
      assert.equal(await heading(page), "Sign in", "everywhere else they are signed out");

      await signInBy(other, email, password);
      await other.getByRole("alert").getByText("The address or the password is not right.").waitFor();
      assert.equal(await other.getByLabel("E-mail address").inputValue(), email);
      await other.getByLabel("Password").fill(changed);
      await press(other, "Sign in");
      assert.equal(other.url(), `${url}/welcome`);

      await page.goto(`${url}/auth/sign-in?to=/later`);
      await page.getByRole("link", { name: "Send me a code" }).click();
      await page.getByLabel("E-mail address").fill(email);
      await press(page, "Send me a code");
      await page.getByLabel("Code").fill("0000 0000");
      await press(page, "Sign in");
      await page.getByRole("alert").getByText("This code is not right").waitFor();
      const code = /\d{4} \d{4}/.exec(await live.mailTo(email, /Your code/))?.[0] ?? "";
      await page.getByLabel("Code").fill(code);
      await press(page, "Sign in");
      assert.equal(page.url(), `${url}/later`);

      const third = await open(browser);
      await third.goto(`${url}/auth/sign-in`);
      await third.getByRole("link", { name: "Send me a link" }).click();
      await third.getByLabel("E-mail address").fill(email);
      await press(third, "Send me a link");
      const link = await linkTo(email, /^Sign in to/);
      await third.goto(link);
      await third.goto(link);
      await press(third, "Sign in");
      assert.equal(third.url(), `${url}/welcome`, "a scanner that looked at it used nothing up");
      await third.goto(link);
      assert.equal(await heading(third), "This link is not good any more");
      await third.getByRole("link", { name: "Ask for a new one" }).click();
      assert.equal(await heading(third), "Sign in by mail");

      await third.goto(`${url}/auth/account`);
      await third.getByRole("link", { name: "Change the password" }).click();
      await third.getByLabel("Current password").fill("wrong");
      await third.getByLabel("New password").fill("yet another good one");
      await press(third, "Change the password");
      await third.getByRole("alert").getByText("The password is not right.").waitFor();
      await third.getByLabel("Current password").fill(changed);
      await third.getByLabel("New password").fill("yet another good one");
      await press(third, "Change the password");
      await third.getByText("Your password was changed.").waitFor();
      assert.equal(await third.getByRole("listitem").count(), 1);

      await live.platform.database.transaction((connection) =>
        connection.run("UPDATE _chassis_sessions SET proved = proved - 600001", []),
      );
      await third.getByRole("link", { name: "Change the address" }).click();
      assert.equal(await heading(third), "Is it you?");
      await third.getByLabel("Password").fill("yet another good one");
      await press(third, "Go on");
      assert.equal(await heading(third), "Change your address");
      await third.getByLabel("New address").fill("new@example.org");
      await press(third, "Send the links");
      assert.equal(await heading(third), "Look into your mail");
      await third.goto(await linkTo("new@example.org", /Confirm your new address/));
      await press(third, "Confirm the change");
      assert.equal(await heading(third), "One more link");
      await third.goto(await linkTo(email, /new address/));
      await press(third, "Confirm the change");
      assert.equal(await heading(third), "Your address was changed");
      await third.getByRole("link", { name: "Your account" }).click();
      await third.getByText("new@example.org").waitFor();

      await press(third, "Sign out");
      await third.getByText("You are signed out.").waitFor();
      await third.goto(`${url}/auth/account`);
      assert.equal(third.url(), `${url}/auth/sign-in?to=%2Fauth%2Faccount`);
    },
  );

  await t.test("another browser than the one that signed up is asked for the password", async () => {
    await signUp(await open(browser), "bea@example.org");
    const page = await open(browser);
    await page.goto(await linkTo("bea@example.org", /Confirm your address/));
    await press(page, "Make my account");
    await page.getByRole("alert").getByText("Password: Fill this in.").waitFor();
    await page.getByLabel("Password").fill("not the right one");
    await press(page, "Make my account");
    await page.getByRole("alert").getByText("The password is not right.").waitFor();
    await page.getByLabel("Password").fill(password);
    await press(page, "Make my account");
    assert.equal(page.url(), `${url}/welcome`);
  });

  await t.test("what is wrong with a sign-up is said of each field, and nothing typed is lost but the password", async () => {
    const page = await open(browser, "nl-NL");
    await page.goto(`${url}/auth/sign-up`);
    await page.getByLabel("Je naam").fill("Cas <b>x</b>");
    await page.getByLabel("A few words").fill("one\ntwo");
    await page.getByLabel("Years of experience").fill("many");
    await page.getByLabel("I keep to the rules").check();
    await page.getByLabel("E-mailadres").fill("no address");
    await page.getByLabel("Wachtwoord").fill("short");
    await press(page, "Aanmelden");
    assert.equal(await page.title(), "Fout: Aanmelden · Pathways");
    const wrong = await page.getByRole("alert").getByRole("link").allInnerTexts();
    assert.deepEqual(wrong, ["Track: Vul dit in.", "Years of experience: Dit is geen heel getal."]);
    assert.equal(await page.getByLabel("Je naam").inputValue(), "Cas <b>x</b>");
    assert.equal(await page.getByLabel("A few words").inputValue(), "one\ntwo");
    assert.equal(await page.getByLabel("I keep to the rules").isChecked(), true);
    assert.equal(await page.getByLabel("Wachtwoord").inputValue(), "");
    const years = page.getByLabel("Years of experience");
    assert.equal(await years.getAttribute("aria-invalid"), "true");
    assert.equal(await years.getAttribute("aria-describedby"), "user.years-problem");
    await years.fill("7");
    await page.getByLabel("Track").selectOption("bootcamp");
    await page.getByLabel("Nickname").fill("c");
    await page.getByLabel("Wachtwoord").fill("short");
    await press(page, "Aanmelden");
    assert.deepEqual(await page.getByRole("alert").getByRole("link").allInnerTexts(), [
      "E-mailadres: Dit is geen e-mailadres, zoals ada@example.org.",
    ]);
    await page.getByLabel("E-mailadres").fill("cas@example.org");
    await page.getByLabel("Wachtwoord").fill("short");
    await press(page, "Aanmelden");
    assert.deepEqual(await page.getByRole("alert").getByRole("link").allInnerTexts(), ["Wachtwoord: Minstens 8 tekens."]);
    await page.getByLabel("Wachtwoord").fill(password);
    await press(page, "Aanmelden");
    assert.deepEqual(await page.getByRole("alert").getByRole("link").allInnerTexts(), ["Nickname: Minstens 2 tekens."]);
    await page.getByLabel("Nickname").fill("cas");
    await page.getByLabel("Wachtwoord").fill(password);
    await press(page, "Aanmelden");
    assert.equal(await heading(page), "Kijk in je mail");
    const pending = await live.mailTo("cas@example.org", /Bevestig je adres/);
    assert.match(pending, /\/auth\/confirm\?token=/);
  });

  await t.test("an authenticator app is set up, asked for, stood in for and turned off", async () => {
    const email = "dot@example.org";
    const joined = await live.join(email, "Dot", { track: "degree", agreed: true });
    const context = await browser.newContext({ javaScriptEnabled: false });
    await context.addCookies([...joined.cookies].map(([name, value]) => ({ name, value, url })));
    const page = await context.newPage();
    await page.goto(`${url}/auth/account`);
    await page.getByRole("link", { name: "Authenticator app and codes" }).click();
    await press(page, "Set up an app");
    assert.ok(((await page.getByRole("img", { name: "QR code" }).boundingBox())?.width ?? 0) > 100);
    const secret = (await page.locator("code.secret").innerText()).replaceAll(" ", "");
    const codeAt = (step: number): string =>
      new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + step * 30_000 });
    await page.getByLabel("Code of the app").fill("000000");
    await press(page, "Turn it on");
    await page.getByRole("alert").getByText("This code is not right").waitFor();
    await page.getByLabel("Code of the app").fill(codeAt(-1));
    await press(page, "Turn it on");
    assert.equal(await heading(page), "Your recovery codes");
    const [recovery = ""] = await page.locator(".codes code").allInnerTexts();
    await page.getByRole("link", { name: "I have kept them" }).click();
    await page.getByText("The authenticator app is on.").waitFor();

    const other = await open(browser);
    await other.goto(`${url}/auth/sign-in?to=/later`);
    await other.getByLabel("E-mail address").fill(email);
    await other.getByLabel("Password").fill(password);
    await press(other, "Sign in");
    assert.equal(await heading(other), "One more step");
    await other.goto(`${url}/auth/account`);
    assert.equal(await heading(other), "Sign in", "half a sign-in lets nobody in");
    await other.goto(`${url}/auth/factor`);
    await other.getByLabel("Code of the app").fill("000000");
    await press(other, "Sign in");
    await other.getByRole("alert").getByText("This code is not right").waitFor();
    await other.getByLabel("Code of the app").fill(codeAt(0));
    await press(other, "Sign in");
    assert.equal(other.url(), `${url}/later`);

    const third = await open(browser);
    await signInBy(third, email);
    await third.getByRole("link", { name: "Use a recovery code" }).click();
    await third.getByLabel("Recovery code").fill(recovery);
    await press(third, "Sign in");
    assert.equal(third.url(), `${url}/welcome`);
    await third.goto(`${url}/auth/authenticator`);
    await press(third, "Turn it off");
    await third.getByText("The authenticator app is off.").waitFor();
    await signInBy(await open(browser), email);
  });

  await t.test("a passkey is added, signs in by itself, and is taken away", async () => {
    const email = "eli@example.org";
    await live.join(email, "Eli", { track: "degree", agreed: true });
    const context = await browser.newContext({ bypassCSP: false });
    const page = await context.newPage();
    // A security key that is part of the browser, and verifies its user by itself.
    const session = await context.newCDPSession(page);
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
    await signInBy(page, email);
    await page.goto(`${url}/auth/account`);
    await page.getByRole("link", { name: "See and add passkeys" }).click();
    await page.getByText("You have none yet.").waitFor();
    await page.getByLabel("What you call it").fill("My <laptop>");
    await press(page, "Add a passkey");
    await page.waitForURL(`${url}/auth/account?done=passkey`);
    await page.getByText("The passkey is added.").waitFor();
    await press(page, "Sign out");
    await page.getByText("You are signed out.").waitFor();
    await page.goto(`${url}/auth/sign-in?to=/later`);
    await press(page, "Use a passkey");
    await page.waitForURL(`${url}/later`);
    await page.goto(`${url}/auth/passkeys`);
    await page.getByText("My <laptop>").waitFor();
    await page.getByRole("button", { name: "Remove: My <laptop>" }).click();
    await page.getByText("The passkey is removed.").waitFor();
    await press(page, "Sign out");
    await page.goto(`${url}/auth/sign-in`);
    await press(page, "Use a passkey");
    await page.getByRole("alert").getByText("This passkey is not known here.").waitFor();
  });

  await t.test(
    "axe finds nothing on any page, in light and dark, on a desk and in a hand; keys go through it in its order",
    async () => {
      const context = await browser.newContext({ bypassCSP: true, locale: "en-GB" });
      const page = await context.newPage();
      const token = "A".repeat(43);
      await live
        .browser()
        .post("/auth/v1/sign-up", { email: "axe@example.org", password, user: { name: "Axe", track: "degree", agreed: true } });
      const confirm = await linkTo("axe@example.org", /Confirm your address/);
      const linked = await live.join("axe-link@example.org", "Axe", { track: "degree", agreed: true });
      await linked.post("/auth/v1/link", { email: "axe-link@example.org" });
      const link = await linkTo("axe-link@example.org", /^Sign in to/);
      const firstAdmin = await live.platform.auth?.firstAdmin.offer();
      assert.ok(firstAdmin !== undefined);
      for (const path of [
        "/auth/sign-in",
        "/auth/sign-in?done=reset",
        "/auth/sign-up",
        confirm.slice(url.length),
        "/auth/sent?mail=sign-up",
        "/auth/link",
        link.slice(url.length),
        "/auth/code",
        "/auth/reset",
        `/auth/reset?token=${token}`,
        `/auth/verify?token=${token}`,
        "/auth/verify?done=verified",
        `/auth/address?token=${token}`,
        "/auth/address?done=waits",
        firstAdmin.slice(url.length),
        `/auth/first-admin?token=${token}`,
        "/auth/nowhere",
      ]) {
        await page.goto(url + path);
        await findsNothing(page, path);
      }
      await page.goto(`${url}/auth/sign-up`);
      await press(page, "Sign up");
      await findsNothing(page, "a sign-up with problems");
      assert.equal(await page.evaluate("document.activeElement.getAttribute('role')"), "alert", "is where a reader begins");
      await page.goto(`${url}/auth/sign-in`);
      const order: unknown[] = [];
      for (let count = 0; count < 8; count++) {
        order.push(await page.evaluate("document.activeElement.name || document.activeElement.textContent"));
        await page.keyboard.press("Tab");
      }
      assert.deepEqual(order, [
        "email",
        "password",
        "Sign in",
        "Forgot your password?",
        "Use a passkey",
        "Send me a link",
        "Send me a code",
        "Sign up",
      ]);
      await page.goto(`${url}/auth/code`);
      await page.getByLabel("E-mail address").fill("nobody@example.org");
      await press(page, "Send me a code");
      await findsNothing(page, "a code");
      const joined = await live.join("axe-too@example.org", "Axe", { track: "degree", agreed: true });
      await context.addCookies([...joined.cookies].map(([name, value]) => ({ name, value, url })));
      for (const path of ["account?done=others", "authenticator", "passkeys", "password", "address", "prove", "sign-out"]) {
        await page.goto(`${url}/auth/${path}`);
        assert.equal(page.url(), `${url}/auth/${path}`);
        await findsNothing(page, path);
      }
    },
  );
});

async function findsNothing(page: Page, about: string): Promise<void> {
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assert.equal(overflow, 0, `${about} ${width}`);
  }
  await axeFindsNothing(page, about);
}
