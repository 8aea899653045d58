import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "#base";
import { examineMachine, examineNode, examineSpace } from "./examine-machine.ts";

test("it is the server that must not be root, and not who looks", async (t) => {
  const dataDirectory = await mkdtemp(join(tmpdir(), "chassis-machine-"));
  t.after(() => rm(dataDirectory, { recursive: true }));
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? 12_345 : (process.getuid?.() ?? 0);
  if (isRoot) await chown(dataDirectory, user, user);
  const server = spawn("sleep", ["60"], isRoot ? { uid: user, gid: user } : {});
  await once(server, "spawn");
  t.after(async () => {
    server.kill();
    await once(server, "close");
  });
  const findings = await examineMachine({ dataDirectory, clock: systemClock, version: "26.1.0", server: server.pid });
  assert.deepEqual(
    findings.filter(({ check }) => check !== "disk"),
    [],
  );
});

test("versions of Node.js that get no fixes are problems", () => {
  for (const version of ["24.9.0", "24.14.2", "25.0.0", "25.9.1", "22.20.0"])
    assert.equal(examineNode(version)?.level, "problem", version);
  for (const version of ["24.15.0", "24.99.0", "26.0.0", "28.1.0", process.versions.node])
    assert.equal(examineNode(version), undefined, version);
});

test("a disk that is nearly full is told, a small one that is mostly empty is not", async () => {
  const { bsize } = await statfs(tmpdir());
  const withFree = (megabytes: number): ReturnType<typeof examineSpace> =>
    examineSpace({ bsize, blocks: (10 * 2 ** 30) / bsize, bavail: Math.floor((megabytes * 2 ** 20) / bsize) });
  assert.deepEqual([withFree(100)?.level, withFree(500)?.level, withFree(1100)], ["problem", "advice", undefined]);
  assert.equal(examineSpace({ bsize: 4096, blocks: 100_000, bavail: 90_000 }), undefined);
});
