import assert from "node:assert/strict";
import { link, mkdir, symlink, unlink } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { reopen } from "./reopen.ts";
import { failToStart, startServer } from "./server.ts";
import { startLoad } from "./writers.ts";

/** A second server on the same file, by every name that the file can have, while the first one writes. */
export const twoProcesses: Fault = {
  number: 19,
  name: "Two processes",
  done: "on one file: by its path, a symbolic and a hard link",
  needs: [],
  short: [0],
  async run(scope, round) {
    const folder = await temporaryFolder(scope);
    const dataDirectory = join(folder, "data");
    const ledger = new Ledger();
    const server = await startServer(scope, { dataDirectory });
    const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round });
    await load.acknowledged(100);

    const named = new RegExp(`Process ${server.pid}, at http://localhost:\\d+, already runs on the database`);
    assert.match(await failToStart(scope, { dataDirectory }), named);
    await symlink(dataDirectory, join(folder, "linked"));
    assert.match(await failToStart(scope, { dataDirectory: join(folder, "linked") }), named);
    await mkdir(join(folder, "other"));
    await symlink(join(dataDirectory, "chassis.db"), join(folder, "other/chassis.db"));
    assert.match(await failToStart(scope, { dataDirectory: join(folder, "other") }), named);
    await mkdir(join(folder, "hard"));
    await link(join(dataDirectory, "chassis.db"), join(folder, "hard/chassis.db"));
    assert.match(await failToStart(scope, { dataDirectory: join(folder, "hard") }), /has 2 names \(hard links\)/);
    await unlink(join(folder, "hard/chassis.db"));

    await load.acknowledged(ledger.count("acknowledged") + 50);
    await server.kill();
    await load.stop();
    // The lock went with the process: no file has to be cleaned up by hand.
    const { verdict } = await reopen(scope, ledger, { dataDirectory });
    return report(ledger, verdict, "refused with the pid; free at once when the first is killed");
  },
};
