// task: test
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getPayload, type Payload, type PayloadRequest } from "payload";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Schools } from "./schools.ts";

let folder: string;
let payload: Payload;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "guide-"));
  process.env.PAYLOAD_SECRET = "test";
  process.env.DATABASE_URI = `file:${folder}/db.sqlite`;
  payload = await getPayload({ config: (await import("./payload.config.ts")).default });
});
afterAll(async () => {
  await payload.destroy();
  await rm(folder, { recursive: true });
});

async function person(name: string, role?: "editor") {
  const data = { name, role, email: `${name}@example.org`, password: "a long password" };
  return { ...(await payload.create({ collection: "users", data })), collection: "users" as const };
}

test("only the author changes a review, and averages are compared", async () => {
  const [author, stranger, editor] = [await person("author"), await person("stranger"), await person("editor", "editor")];
  const school = await payload.create({
    collection: "schools",
    data: { name: "Delft", country: "nl" },
  });
  const write = (user: typeof author, stars: number) =>
    payload.create({
      collection: "reviews",
      data: { school: school.id, author: user.id, stars },
      user,
      overrideAccess: false,
    });
  const { id } = await write(author, 5);
  await write(stranger, 2);
  const change = (user?: typeof author) =>
    payload.update({ collection: "reviews", id, data: { stars: 4 }, user, overrideAccess: false });
  for (const user of [undefined, stranger, editor]) await expect(change(user)).rejects.toThrow();
  expect(await change(author)).toMatchObject({ stars: 4 });

  const compare = (Schools.endpoints || []).find(({ path }) => path === "/compare");
  const request = {
    payload,
    user: null,
    json: async () => ({ ids: [school.id] }),
  } as unknown as PayloadRequest;
  expect(await (await compare?.handler(request))?.json()).toEqual([{ name: "Delft", stars: 3, count: 2 }]);
});
