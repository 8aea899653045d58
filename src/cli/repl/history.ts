import { chmod, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { REPLServer } from "node:repl";

/** Nobody else on the machine may read what was typed: rows of people are in it. */
const PRIVATE = 0o600;

/** Keeps what is typed in that file, from now on and from before. Gives what is wrong where it cannot, which is no reason not to begin. */
export async function keepHistory(server: REPLServer, stateFolder: string): Promise<string | undefined> {
  const path = join(stateFolder, "chassis", "repl-history");
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await (await open(path, "a", PRIVATE)).close();
    await chmod(path, PRIVATE);
    await new Promise<void>((resolve, reject) => {
      server.setupHistory(path, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
    return undefined;
  } catch (error) {
    return `What you type is not kept: ${(error as Error).message}`;
  }
}
