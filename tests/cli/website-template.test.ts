import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { axeFindsNothing } from "../support/axe.ts";
import { requireBrowser } from "../support/browser.ts";
import { spawnProgram } from "../support/child-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const template = fileURLToPath(new URL("../../templates/website", import.meta.url));
const pictures = process.env["SCREENSHOTS"] === undefined ? undefined : fileURLToPath(new URL("../screenshots", import.meta.url));

test("the site that create makes can be read by everybody, on a telephone too, from its first page to a comment", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const data = await temporaryFolder(t);
  const server = spawnProgram(t, ["dev", template, "--port", "0"], { CHASSIS_DATA: data, CHASSIS_LOG_LEVEL: "info" });
  const [, url = ""] = await server.written(/"url":"([^"]+)".*"Listening\."/);
  const context = await browser.newContext({ bypassCSP: true, viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  const look = async (about: string): Promise<void> => {
    await axeFindsNothing(page, about);
    assert.ok(Number(await page.evaluate("document.documentElement.scrollWidth")) <= 360, `${about} is no wider than the screen`);
    if (pictures === undefined) return;
    await mkdir(pictures, { recursive: true });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(pictures, `website-${about.replaceAll(" ", "-")}-${colorScheme}.png`) });
    }
    await page.setViewportSize({ width: 1200, height: 800 });
    await page.screenshot({ path: join(pictures, `website-${about.replaceAll(" ", "-")}-wide.png`) });
    await page.setViewportSize({ width: 360, height: 740 });
  };

  await page.goto(url);
  await look("first page");
  const user = "01890000-0000-7000-8000-00000000ada0";
  const maker = spawnProgram(t, ["token", template, "--user", user], { CHASSIS_DATA: data });
  const [token = ""] = await maker.written(/\S+\.\S+\.\S+/);
  await context.setExtraHTTPHeaders({ authorization: `Bearer ${token}` });
  await context.request.post(`${url}/rest/v1/users`, {
    data: { id: user, name: "Ada" },
    headers: { authorization: `Bearer ${token}` },
  });
  await page.goto(`${url}/write`);
  await page.getByLabel("Title").fill("A post");
  await page.getByLabel("Text").fill("With two lines.\nThis is the second.");
  await look("form");
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByLabel("Your comment").fill("Well said.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("1 comment").waitFor();
  await look("post");
});
