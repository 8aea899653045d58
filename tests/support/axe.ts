import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";

const script = await readFile(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** The program in the page: all of its rules, and in dark, where nothing but colours differs, that of contrast. */
const run = (colours: boolean): string =>
  `axe.run(${colours ? '{ runOnly: ["color-contrast"] }' : ""}).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))`;

/** Axe finds nothing wrong with a page as it is, in light and in dark. The page must have been opened with `bypassCSP`. */
export async function axeFindsNothing(page: Page, about: string): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  if (await page.evaluate("globalThis.axe === undefined")) await page.evaluate(script);
  assert.deepEqual(await page.evaluate(run(false)), [], `${about}, light`);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await page.evaluate(run(true)), [], `${about}, dark`);
}
