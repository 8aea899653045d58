import { existsSync } from "node:fs";
import type { TestContext } from "node:test";
import { requireCommand } from "../support/requirements.ts";

/** What a fault needs of the machine besides npm's packages. */
const programs = {
  strace: { names: ["strace"], howToGet: "`apt-get install strace` on Debian" },
  mkfs: { names: ["mkfs.ext4", "/usr/sbin/mkfs.ext4", "/sbin/mkfs.ext4"], howToGet: "`apt-get install e2fsprogs` on Debian" },
  xfsIo: { names: ["xfs_io", "/usr/sbin/xfs_io"], howToGet: "`apt-get install xfsprogs` on Debian" },
  nsenter: { names: ["nsenter"], howToGet: "`apt-get install util-linux` on Debian" },
} as const;

export type Need = keyof typeof programs | "root" | "faketime";

const faketimeLibraries = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map(
  (triple) => `/usr/lib/${triple}/faketime/libfaketime.so.1`,
);

export function faketimeLibrary(): string | undefined {
  return faketimeLibraries.find((path) => existsSync(path));
}

/** Whether all is there; what is not skips the test with a word about how to get it, and fails it in CI. */
export function requireNeeds(t: Pick<TestContext, "skip">, wanted: readonly Need[]): boolean {
  return wanted.every((need) => {
    if (need !== "root" && need !== "faketime") return requireCommand(t, programs[need]) !== undefined;
    const problem = problemOf(need);
    if (problem === undefined) return true;
    if (process.env["CI"] !== undefined && process.env["CI"] !== "") throw new Error(problem);
    t.skip(problem);
    return false;
  });
}

/** What is not here, in a sentence; undefined where all is. */
export function missing(wanted: readonly Need[]): string | undefined {
  for (const need of wanted) {
    const problem = problemOf(need);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOf(need: Need): string | undefined {
  if (need === "root")
    return process.getuid?.() === 0 ? undefined : "This mounts file systems, which only root may: run it as root.";
  if (need === "faketime")
    return faketimeLibrary() === undefined
      ? "This needs libfaketime. To get it: `apt-get install faketime` on Debian"
      : undefined;
  let problem: string | undefined;
  const environment = { PATH: process.env["PATH"] };
  requireCommand({ skip: (message) => void (problem = message) }, programs[need], { environment });
  return problem;
}
