import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A test, or a file of tests by its `after` of node:test. */
export interface Scope {
  readonly after: (hook: () => Promise<void>) => unknown;
}

/** A new empty folder, removed when the test ends. */
export async function temporaryFolder(t: Scope): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "chassis-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
