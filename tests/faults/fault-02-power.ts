import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Durability } from "#database";
import { type Fault, report, type RunReport } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { MountSpace } from "./mount-space.ts";
import { reopen } from "./reopen.ts";
import type { RunScope } from "./scope.ts";
import { startServer } from "./server.ts";
import { startLoad } from "./writers.ts";

const IMAGE_BYTES = 256 * 1_048_576;

/** A file system of its own in a file, whose power can be cut: what was synced stays, all else vanishes. */
class PowerDisk {
  readonly space: MountSpace;
  readonly #image: string;

  constructor(space: MountSpace, image: string) {
    this.space = space;
    this.#image = image;
  }

  static async open(scope: RunScope): Promise<PowerDisk> {
    const image = join(await temporaryFolder(scope), "disk.img");
    const space = await MountSpace.open(scope);
    await writeFile(image, "");
    await truncate(image, IMAGE_BYTES);
    await space.run("mkfs.ext4", "-q", "-F", image);
    const disk = new PowerDisk(space, image);
    await disk.mount();
    return disk;
  }

  async mount(): Promise<void> {
    await this.space.run("mount", "-o", "loop", this.#image, this.space.folder);
  }

  /** Without -f, which would write out what waits. From here on every call on the file system fails. */
  async cut(): Promise<void> {
    await this.space.run("xfs_io", "-x", "-c", "shutdown", this.space.folder);
  }

  async unmount(): Promise<void> {
    await this.space.run("umount", this.space.folder);
  }
}

/** Two lives on one disk, each of which ends with a power cut under load. */
export async function cutPower(scope: RunScope, round: number, durability: Durability): Promise<RunReport> {
  const disk = await PowerDisk.open(scope);
  const { space } = disk;
  const ledger = new Ledger();
  const dataDirectory = join(space.folder, "data");
  const options = { dataDirectory, under: space.prefix, environment: { CHASSIS_DURABILITY: durability } };
  for (const life of [1, 2]) {
    const server = await startServer(scope, options);
    // Rows of some size, so that the log is copied into the database meanwhile.
    const load = startLoad(scope, {
      url: server.url,
      ledger,
      name: `r${round}l${life}`,
      seed: round * 10 + life,
      writers: 24,
      filling: round % 2 === 0 ? 0 : 3000,
    });
    await load.acknowledged(300 + ((round * 397) % 1500));
    // Without power nothing answers. Here the process lives on while its file system is shut down, and ext4 then tells some last sync that it
    // succeeded: a bare loop of pwrite and fdatasync lost what the last of them had covered in 4 of 126 such cuts (Linux 6.18).
    ledger.doubt("acknowledged while the power was being cut");
    await disk.cut();
    await server.kill();
    await load.stop();
    ledger.doubt(undefined);
    await disk.unmount();
    await disk.mount();
  }
  const { server, verdict } = await reopen(scope, ledger, { ...options, space });
  await server.terminate();
  return report(ledger, verdict);
}

export const power: Fault = {
  number: 2,
  name: "Power cut",
  done: "an ext4 disk is shut down under load, twice",
  needs: ["root", "nsenter", "mkfs", "xfsIo"],
  short: [1],
  run: (scope, round) => cutPower(scope, round, "lose-nothing"),
};
