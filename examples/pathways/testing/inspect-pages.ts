import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { axeFindsNothing } from "../../../tests/support/axe.ts";
import { desktop, phone, type RunningSite } from "./running-site.ts";

/** A folder for pictures of all pages, where somebody wants to look at them: they take longer than all that is looked for. */
const pictures: string | undefined = process.env["PATHWAYS_PICTURES"];

/** Those that nobody need sign in for. */
export const everyPage: readonly string[] = [
  "/",
  "/parts",
  "/pathways",
  "/careers",
  "/skills",
  "/questions",
  "/sources",
  "/schools",
  "/schools?q=zzzz",
  "/schools/mit.edu",
  "/compare?school=mit.edu&school=aalto.fi",
  "/compare",
  "/auth/sign-in?to=/account",
  "/auth/sign-up",
];
const signedInPages: readonly string[] = [
  "/saved",
  "/account",
  "/editor",
  "/auth/account",
  "/schools/mit.edu",
  "/schools/aalto.fi",
];

/** Has axe look at every page, in every look. */
export async function findsNothing({ person, visitor }: RunningSite): Promise<void> {
  const eve = await person("Eve", "editor");
  for (const [size, viewport] of Object.entries({ desktop, phone })) {
    // The test's own script is let in; the pages' policy is tested above.
    const context = { viewport, javaScriptEnabled: true, bypassCSP: true, reducedMotion: "reduce" } as const;
    for (const [who, paths] of [[{}, everyPage] as const, [{ person: eve }, signedInPages] as const]) {
      const page = await visitor({ ...who, context });
      for (const path of paths) {
        await page.goto(path);
        const place = `${path} ${"person" in who ? "signed in " : ""}${size}`;
        const excess = await page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert.equal(excess, 0, `${place} is wider than the screen`);
        await axeFindsNothing(page, place);
        if (pictures !== undefined) await takePictures(page, join(pictures, place.replace(/[^a-z0-9.]+/gi, "-")));
      }
      await page.context().close();
    }
  }
}

async function takePictures(page: Page, path: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${path}-${colorScheme}.png`, fullPage: true });
  }
}
