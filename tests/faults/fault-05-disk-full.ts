import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { becomesTrue } from "./becomes-true.ts";
import { createClient } from "./client.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { MountSpace } from "./mount-space.ts";
import { reopen } from "./reopen.ts";
import { startServer } from "./server.ts";
import { startLoad } from "./writers.ts";

/** A disk of a few megabytes fills up under load, and is given room again. */
export const diskFull: Fault = {
  number: 5,
  name: "Disk full",
  done: "of data and log, then room is made",
  needs: ["root", "nsenter"],
  short: [0, 2],
  async run(scope, round) {
    const space = await MountSpace.open(scope);
    await space.run("mount", "-t", "tmpfs", "-o", `size=${12 + (round % 5) * 3}m`, "none", space.folder);
    const ballast = join(space.folder, "ballast");
    await space.run("dd", "if=/dev/zero", `of=${ballast}`, "bs=1M", "count=6", "status=none");
    const ledger = new Ledger();
    const dataDirectory = join(space.folder, "data");
    const options = { dataDirectory, under: space.prefix };
    const server = await startServer(scope, options);
    const client = createClient(server.url);
    const load = startLoad(scope, {
      url: server.url,
      ledger,
      name: `r${round}`,
      seed: round,
      filling: [2000, 100, 30_000][round % 3] ?? 0,
    });
    await becomesTrue(() => ledger.count("refused") > 20, "writes are refused");
    await pause(300);
    const codes = Object.keys(ledger.refusals());
    const full = await client.ask("POST", "/rest/v1/rpc/place_order", {
      number: "x".repeat(60),
      amounts: Array.from({ length: 50 }, () => 1),
    });
    const read = await client.ask("GET", "/rest/v1/accounts?select=balance.sum()");
    assert.deepEqual([read.status, read.text], [200, '[{"sum":8000}]'], "reads go on");
    assert.deepEqual(codes, ["507 storage_full"], `every refusal says why: ${full.text}`);

    await rm(space.outside(ballast));
    const before = ledger.count("acknowledged");
    await becomesTrue(() => ledger.count("acknowledged") > before + 20, "writes are taken again when there is room");
    await load.stop();
    client.close();
    await server.kill();
    const { verdict } = await reopen(scope, ledger, { ...options, space });
    return report(ledger, verdict, "507 while full, by itself again when there is room");
  },
};
