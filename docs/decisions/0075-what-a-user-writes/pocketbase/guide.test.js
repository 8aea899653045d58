// task: test
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import PocketBase from "pocketbase";

const url = "http://127.0.0.1:8097";
const places = ["--migrationsDir=pb_migrations", "--hooksDir=pb_hooks"];
let server, folder, system;
const people = {};

const run = (...args) => spawn(process.env.POCKETBASE, [...args, `--dir=${folder}`, ...places]);

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "guide-"));
  await new Promise((done) => run("superuser", "upsert", "root@example.org", "a long password").on("exit", done));
  server = run("serve", "--http=127.0.0.1:8097");
  while (!(await fetch(`${url}/api/health`).catch(() => undefined))) await new Promise((done) => setTimeout(done, 20));
  system = new PocketBase(url);
  await system.collection("_superusers").authWithPassword("root@example.org", "a long password");
  for (const [name, role] of [
    ["author", ""],
    ["stranger", ""],
    ["editor", "editor"],
  ]) {
    const email = `${name}@example.org`;
    const password = "a long password";
    await system.collection("users").create({ name, role, email, password, passwordConfirm: password });
    people[name] = new PocketBase(url);
    await people[name].collection("users").authWithPassword(email, password);
  }
});
after(async () => {
  server.kill();
  await new Promise((done) => server.on("exit", done));
  await rm(folder, { recursive: true });
});

test("only the author changes a review, and averages are compared", async () => {
  const school = (await system.collection("schools").create({ name: "Delft", country: "nl" })).id;
  const author = people.author.authStore.record.id;
  const review = await people.author.collection("reviews").create({ school, author, stars: 5, body: "Good" });
  for (const api of [new PocketBase(url), people.stranger, people.editor]) {
    await assert.rejects(api.collection("reviews").update(review.id, { stars: 4 }), { status: 404 });
  }
  await people.author.collection("reviews").update(review.id, { stars: 4 });
  const stranger = people.stranger.authStore.record.id;
  await people.stranger.collection("reviews").create({ school, author: stranger, stars: 1, body: "Bad" });
  const rows = await people.stranger.send("/api/compare", { method: "POST", body: { ids: [school] } });
  assert.deepEqual(rows, [{ name: "Delft", stars: 2.5, count: 2 }]);
});
