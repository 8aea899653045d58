import assert from "node:assert/strict";
import { test } from "node:test";
import { requireBrowser } from "./browser.ts";

test("the browser shows a page and runs its script", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const page = await browser.newPage();
  await page.setContent("<title>before</title><script>document.title = 'after'</script>");
  assert.equal(await page.title(), "after");
});
