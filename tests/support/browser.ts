import type { TestContext } from "node:test";
import { type Browser, chromium } from "playwright-core";
import { requireCommand } from "./requirements.ts";

const programs: readonly string[] = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Nothing but the test's own pages, and nothing that a container lacks: no sandbox, no GPU, no calls home. */
const flags: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * A headless Chromium that is closed when the test ends. Where none is installed the test is skipped (in CI: fails) and
 * undefined is given: return then. `CHROMIUM_PATH` names another one.
 */
export async function requireBrowser(t: TestContext): Promise<Browser | undefined> {
  const named = process.env["CHROMIUM_PATH"];
  const executablePath = requireCommand(t, {
    names: named === undefined ? programs : [named],
    howToGet: "`apt-get install chromium` on Debian, or set CHROMIUM_PATH to a Chromium or Chrome",
  });
  if (executablePath === undefined) return undefined;
  const browser = await chromium.launch({ executablePath, args: [...flags] });
  t.after(() => browser.close());
  return browser;
}
