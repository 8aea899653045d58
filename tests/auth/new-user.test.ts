import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { test } from "node:test";
import { Secret, TOTP } from "otpauth";
import type { Page } from "playwright-core";
import { backendFolder } from "../support/backend-folder.ts";
import { requireBrowser } from "../support/browser.ts";
import { spawnProgram } from "../support/child-server.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

const backend = `
import { defineBackend, defineSchema, enums, everyone, nobody, ref, table, text } from ${JSON.stringify(library)};

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80) },
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

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
    organisations: ({ row, me }) => ({ read: me.belongsTo(row), create: me.isVerified, update: me.hasRoleIn(row, "owner"), delete: nobody }),
    members: ({ row, me }) => ({ read: me.belongsTo(row.organisation), write: nobody }),
  },
  auth: { pages: { fields: { name: "Your name" } } },
  mail: { from: "Studio <hello@studio.example>", brand: { name: "Studio", colour: "#0f766e", footer: "A studio for those who build websites" } },
});
`;

const pictures =
  process.env["SCREENSHOTS"] === undefined ? undefined : new URL("../screenshots/new-user/", import.meta.url).pathname;
const looks = { desktop: { width: 1280, height: 860 }, phone: { width: 360, height: 740 } };

/** With `SCREENSHOTS` set, keeps the page as it is on a desk and in a hand, in light and in dark. */
async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  await mkdir(pictures, { recursive: true });
  for (const [look, size] of Object.entries(looks)) {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${pictures}${name}-${look}-${colorScheme}.png`, fullPage: true });
    }
  }
  await page.setViewportSize(looks.desktop);
}

const email = "ada@example.org";
const first = "correct horse battery";
const second = "another battery, staple";

const heading = (page: Page): Promise<string> => page.getByRole("heading", { level: 1 }).innerText();
const press = (page: Page, name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click();

/** A passkey's device that is part of the browser: it verifies its user by itself. */
async function addDevice(page: Page): Promise<void> {
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
}

/** Finds a mail in the mailbox, which is open, and follows its link, which opens a window of its own. */
async function followMail(
  page: Page,
  { subject, to = email }: { readonly subject: string; readonly to?: string },
  name: string,
): Promise<Page> {
  await page
    .getByRole("link", { name: new RegExp(`${subject}[^]*${to}`) })
    .first()
    .click();
  await picture(page, name);
  const [opened] = await Promise.all([
    page.waitForEvent("popup"),
    page.frameLocator("iframe").locator('a[href*="token="]').first().click(),
  ]);
  await opened.waitForLoadState();
  return opened;
}

const toMailbox = (page: Page): Promise<void> => page.getByRole("link", { name: "Open the mailbox of development" }).click();

/** Fills in the page to sign up. */
async function signUp(page: Page, { name, address }: { readonly name: string; readonly address: string }): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("E-mail address").fill(address);
  await page.getByLabel("Password").fill(first);
}

async function signInBy(page: Page, password: string): Promise<void> {
  await page.goto("/auth/sign-in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await press(page, "Sign in");
}

/** An authenticator app: no code of it is used twice. */
class App {
  readonly #totp: TOTP;
  #last = 0;

  constructor(secret: string) {
    this.#totp = new TOTP({ secret: Secret.fromBase32(secret.replaceAll(" ", "")) });
  }

  code(): string {
    this.#last = Math.max(this.#last + 1, Math.floor(Date.now() / 30_000));
    return this.#totp.generate({ timestamp: this.#last * 30_000 });
  }
}

test("a new user comes all the way: account, passkey, app, new password, devices, an organisation", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const folder = await backendFolder(t, backend);
  const server = spawnProgram(t, ["dev", folder.path, "--port", "0"], { CHASSIS_LOG_LEVEL: "info" });
  const [, origin = ""] = await server.written(/"url":"([^"]+)"/);
  const open = async (viewport = looks.desktop): Promise<Page> => {
    const context = await browser.newContext({ baseURL: origin, locale: "en-GB", viewport, reducedMotion: "reduce" });
    context.setDefaultTimeout(15_000);
    return context.newPage();
  };
  const page = await open();
  await addDevice(page);

  await page.goto("/auth/sign-in");
  await picture(page, "01-sign-in");
  await page.getByRole("link", { name: "Sign up" }).click();
  await signUp(page, { name: "Ada", address: email });
  await picture(page, "02-sign-up");
  await press(page, "Sign up");
  assert.equal(await heading(page), "Look into your mail");
  await picture(page, "03-sent");
  await toMailbox(page);
  const confirming = await followMail(page, { subject: "Confirm your address" }, "04-mail");
  assert.equal(await heading(confirming), "Finish signing up");
  await picture(confirming, "05-confirm");
  await press(confirming, "Make my account");
  assert.equal(confirming.url(), `${origin}/auth/account`);
  await confirming.getByText("Ada", { exact: true }).waitFor();
  await picture(confirming, "06-account");
  await confirming.close();

  await page.goto("/auth/account");
  await page.getByRole("link", { name: "See and add passkeys" }).click();
  await picture(page, "07-passkeys");
  await page.getByLabel("What you call it").fill("Ada's laptop");
  await press(page, "Add a passkey");
  await page.getByText("The passkey is added.").waitFor();

  await page.getByRole("link", { name: "Authenticator app and codes" }).click();
  await picture(page, "08-authenticator");
  await press(page, "Set up an app");
  await picture(page, "09-authenticator-scan");
  const app = new App(await page.locator("code.secret").innerText());
  await page.getByLabel("Code of the app").fill(app.code());
  await press(page, "Turn it on");
  assert.equal(await heading(page), "Your recovery codes");
  await picture(page, "10-recovery-codes");
  const [recovery = ""] = await page.locator(".codes code").allInnerTexts();
  await page.getByRole("link", { name: "I have kept them" }).click();
  await page.getByText("The authenticator app is on.").waitFor();
  await picture(page, "11-account-with-factors");

  await press(page, "Sign out");
  await page.getByText("You are signed out.").waitFor();
  await picture(page, "12-signed-out");
  await signInBy(page, first);
  assert.equal(await heading(page), "One more step");
  await picture(page, "13-factor");
  await page.getByLabel("Code of the app").fill(app.code());
  await press(page, "Sign in");
  assert.equal(await heading(page), "Your account");
  await press(page, "Sign out");
  await press(page, "Use a passkey");
  await page.waitForURL(`${origin}/auth/account`);

  await press(page, "Sign out");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await picture(page, "14-forgot");
  await page.getByLabel("E-mail address").fill(email);
  await press(page, "Send me the link");
  await toMailbox(page);
  const resetting = await followMail(page, { subject: "Choose a new password" }, "15-mail");
  await picture(resetting, "16-reset");
  await resetting.getByLabel("New password").fill(second);
  await press(resetting, "Set the password");
  await resetting.getByText("The new password is set.").waitFor();
  await picture(resetting, "17-reset-done");
  await resetting.close();
  await signInBy(page, first);
  await page.getByRole("alert").getByText("The address or the password is not right.").waitFor();
  await picture(page, "18-wrong-password");
  await signInBy(page, second);
  await press(page, "Use a passkey");
  await page.waitForURL(`${origin}/auth/account`);

  const other = await open(looks.phone);
  await signInBy(other, second);
  await other.getByRole("link", { name: "Use a recovery code" }).click();
  await picture(other, "19-recovery");
  await other.getByLabel("Recovery code").fill(recovery);
  await press(other, "Sign in");
  assert.equal(await heading(other), "Your account");

  await page.reload();
  const devices = page.getByRole("list").getByRole("listitem");
  assert.equal(await devices.count(), 2);
  await picture(page, "20-two-sessions");
  await page.getByRole("button", { name: /^Sign out: / }).click();
  await page.getByText("That device is signed out.").waitFor();
  assert.equal(await devices.count(), 1);
  await picture(page, "21-session-ended");
  await other.reload();
  assert.equal(await heading(other), "Sign in");
  await page.reload();
  assert.equal(await heading(page), "Your account");

  await page.getByRole("link", { name: "See and make organisations" }).click();
  await picture(page, "22-organisations");
  await page.getByRole("link", { name: "Make an organisation" }).click();
  await picture(page, "23-new-organisation");
  await page.getByLabel("Name").fill("Night shift");
  await press(page, "Make it");
  assert.equal(await heading(page), "Night shift");
  const organisation = page.url();
  await page.getByLabel("E-mail address").fill("bea@example.org");
  await picture(page, "24-organisation");
  await press(page, "Invite");
  await page.getByText("The invitation is on its way.").waitFor();
  await picture(page, "25-invited");

  const bea = await open();
  await bea.goto("/dev/mailbox");
  const invitation = await followMail(bea, { subject: "You are invited", to: "bea@example.org" }, "26-mail");
  await picture(invitation, "27-invitation");
  await invitation.getByRole("link", { name: "Make an account to accept" }).click();
  await signUp(invitation, { name: "Bea", address: "bea@example.org" });
  await press(invitation, "Sign up");
  await toMailbox(invitation);
  const joining = await followMail(invitation, { subject: "Confirm your address", to: "bea@example.org" }, "28-mail");
  await press(joining, "Make my account");
  assert.equal(joining.url(), `${origin}/auth/organisations/invitation`, "back to the invitation");
  await picture(joining, "29-accept");
  await press(joining, "Accept");
  await joining.getByText("You belong to it now.").waitFor();
  await picture(joining, "30-member");
  await page.goto(organisation);
  await page.getByText("Bea", { exact: true }).waitFor();
  await picture(page, "31-two-members");
});
