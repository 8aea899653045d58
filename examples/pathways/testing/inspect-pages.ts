import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { desktop, phone, type RunningSite } from "./running-site.ts";

const axe: string = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));
const pictures: string = join(tmpdir(), "pathways-screenshots");

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

/** Has axe look at every page, in every look, and keeps pictures of them in the system's folder for temporary files. */
export async function findsNothing({ person, visitor }: RunningSite): Promise<void> {
  const script = await readFile(axe, "utf8");
  const eve = await person("Eve", "editor");
  await mkdir(pictures, { recursive: true });
  for (const [size, viewport] of Object.entries({ desktop, phone })) {
    // The test's own script is let in; the pages' policy is tested above.
    const context = { viewport, javaScriptEnabled: true, bypassCSP: true, reducedMotion: "reduce" } as const;
    for (const [who, paths] of [[{}, everyPage] as const, [{ person: eve }, signedInPages] as const]) {
      const page = await visitor({ ...who, context });
      for (const path of paths) {
        await page.goto(path);
        await page.evaluate(script);
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          const place = `${path} ${"person" in who ? "signed in " : ""}${size} ${colorScheme}`;
          await page.screenshot({ path: join(pictures, `${place.replace(/[^a-z0-9.]+/gi, "-")}.png`), fullPage: true });
          const excess = await page.evaluate<number>(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth",
          );
          assert.equal(excess, 0, `${place} is wider than the screen`);
          const faults = await page.evaluate<unknown[]>(
            "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))",
          );
          assert.deepEqual(faults, [], place);
        }
      }
      await page.context().close();
    }
  }
}
