import type { TestContext } from "node:test";
import { openTestBackend, type TestBackend } from "chassis/testing";
import pathways from "../backend.ts";
import type { schema } from "../schema.ts";

/** Pathways with three schools instead of all, in this process. It ends with the test. */
export async function openSmallSite(
  t: Pick<TestContext, "after">,
  settings: Readonly<Record<string, string>> = {},
): Promise<TestBackend<typeof schema>> {
  const site = await openTestBackend(
    { ...pathways, seed: undefined },
    { settings: { CHASSIS_BASE_URL: "https://pathways.example", ...settings } },
  );
  t.after(() => site.close());
  for (const [name, domain] of [
    ["Aalto University", "aalto.fi"],
    ["University of Helsinki", "helsinki.fi"],
    ["University of Oslo", "uio.no"],
  ] as const)
    await site.db.schools.create({ name, sort_name: name.toLowerCase(), domain, country: domain.slice(-2) });
  return site;
}
