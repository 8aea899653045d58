import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { loadConfig } from "#config";
import { requireCommand } from "../support/requirements.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = join(import.meta.dirname, "../../examples/hosting/service");
const unit = readFileSync(join(folder, "site.service"), "utf8");
const dockerfile = readFileSync(join(folder, "Dockerfile"), "utf8");

/** What systemd says of a unit; nothing where it has nothing against it. It ends with 0 even where it ignores a line. */
async function verify(t: TestContext, program: string, text: string): Promise<string> {
  const file = join(await temporaryFolder(t), "site.service");
  // A user of every machine, and a program that is there.
  await writeFile(file, text.replace("User=site", "User=root").replace("/usr/bin/node", process.execPath));
  const run = promisify(execFile)(program, ["verify", "--man=no", file]);
  const { stdout, stderr } = await run.catch((error: { readonly stdout: string; readonly stderr: string }) => error);
  // Of all units that it reads it says something: ours is what counts.
  return (stdout + stderr)
    .split("\n")
    .filter((line) => line.includes("site.service"))
    .join("\n");
}

test("systemd accepts the unit as it is, and a misspelt line of it is seen", async (t) => {
  const program = requireCommand(t, { names: ["systemd-analyze"], howToGet: "apt-get install systemd" });
  if (program === undefined) return;
  assert.equal(await verify(t, program, unit), "");
  assert.match(await verify(t, program, unit.replace("ProtectSystem", "ProtectSytem")), /Unknown key/);
});

test("a stop has longer than the server takes for it, in the unit", () => {
  const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]);
  assert.ok(seconds * 1000 > loadConfig({ environment: {} }).shutdownTimeout, `${seconds} s`);
});

test("both start the program that the package has, and set what is a setting", () => {
  const { bin } = JSON.parse(readFileSync(join(folder, "../../../package.json"), "utf8")) as {
    readonly bin: Readonly<Record<string, string>>;
  };
  const built = bin["chassis"]?.replace("./src/", "").replace(/\.ts$/, ".js");
  assert.match(unit, new RegExp(`^ExecStart=/usr/bin/node node_modules/chassis/${built} start --migrate$`, "m"));
  assert.ok(dockerfile.includes(`CMD ["node", "node_modules/chassis/${built}", "start", "--migrate"]`));
  const [, set = ""] = /^ENV (.*)$/m.exec(dockerfile) ?? [];
  const environment = Object.fromEntries(set.split(" ").map((each) => each.split("=")));
  assert.equal(loadConfig({ environment }).dataDirectory, "/data");
});
