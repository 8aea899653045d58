import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { faketimeLibrary } from "./needs.ts";
import type { RunScope } from "./scope.ts";

/** A server's environment in which its machine's clock is off by what stands in a file: `+1d`, `-1h`. The monotonic clock goes on. */
export async function fakeClock(
  scope: RunScope,
): Promise<{ readonly environment: Readonly<Record<string, string>>; readonly file: string }> {
  const file = join(await temporaryFolder(scope), "time");
  await writeFile(file, "+0\n");
  return {
    file,
    environment: {
      LD_PRELOAD: faketimeLibrary() ?? "",
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
  };
}
