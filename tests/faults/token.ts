import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { backend, program } from "./server.ts";

/** A token for somebody, made as people make it. */
export async function createToken(dataDirectory: string, lifetime = "12h"): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, "token", "create", backend, "--user", "someone", "--expires", lifetime],
    { env: { ...process.env, CHASSIS_DATA: dataDirectory } },
  );
  return stdout.trim();
}
