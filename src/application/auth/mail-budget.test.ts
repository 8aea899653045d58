import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR, openPeople, type People, request } from "./auth-fixtures.ts";
import { forgetMails, takeMail } from "./mail-budget.ts";

const ada = "ada@example.org";
const strange = { client: { address: "198.51.100.7" } };
const link = ({ auth }: People, caller: string, email = ada): Promise<void> =>
  auth.signInLink.request({ email }, { ...strange, caller });
const sent = ({ letters }: People): number => letters.filter(({ to }) => to === ada).length;

test("a stranger who asks for mails does not keep the owner of an address from theirs", async () => {
  await using people = await openPeople();
  await people.join(ada);
  for (let round = 0; round < 10; round++) {
    await link(people, "stranger");
    people.clock.advance(61_000);
  }
  assert.equal(sent(people), 5);
  await link(people, "stranger");
  await link(people, "owner");
  await link(people, "owner");
  assert.equal(sent(people), 6, "one for the owner, and one a minute for them as well");
  await people.auth.signInCode.request({ email: ada }, { ...strange, caller: "stranger" });
  assert.equal(sent(people), 7, "each kind by itself");
});

test("all together send three a minute and thirty an hour at the most, and nothing of it is kept after", async () => {
  await using people = await openPeople();
  await people.join(ada);
  for (let caller = 0; caller < 10; caller++) await link(people, `network ${caller}`);
  assert.equal(sent(people), 3);
  for (let caller = 10; caller < 60; caller++) {
    people.clock.advance(30_000);
    await link(people, `network ${caller}`);
  }
  assert.equal(sent(people), 30);
  people.clock.advance(HOUR);
  await link(people, "network 1");
  assert.equal(sent(people), 31);
  people.clock.advance(HOUR);
  const forget = (): Promise<number> =>
    people.database.transaction((connection) => forgetMails(connection, people.clock.now(), 100));
  assert.equal((await forget()) > 0, true);
  assert.equal(await people.count("_chassis_mail_budget"), 0);
});

test("three networks that ask all the time do not use up what there is for the owner, wherever they ask from", async () => {
  await using people = await openPeople();
  await people.join(ada);
  for (let round = 0; round < 6; round++) {
    for (let caller = 0; caller < 3; caller++) await link(people, `network ${caller}`);
    people.clock.advance(61_000);
  }
  assert.equal(sent(people), 10);
  await link(people, "a hotel");
  assert.equal(sent(people), 11);
});

test("who is signed in to the account gets theirs whatever all others ask for, and no more of it than anybody", async () => {
  await using people = await openPeople();
  const { token } = await people.join(ada);
  const other = await people.join("eve@example.org");
  for (let caller = 0; caller < 60; caller++) {
    people.clock.advance(30_000);
    await link(people, `network ${caller}`);
  }
  const ask = (caller: string, more: object): Promise<void> =>
    people.auth.signInLink.request({ email: ada }, { client: {}, caller, ...more });
  await ask("elsewhere", { previous: other.token });
  assert.equal(sent(people), 30, "a session of somebody else is none of the account's");
  await ask("home", { previous: token });
  assert.equal(sent(people), 31);
  await ask("home", { previous: token });
  assert.equal(sent(people), 31, "once a minute, as everybody");
  await ask("next door", { client: request.client });
  assert.equal(sent(people), 32, "from an address where a session of the account began");
});

test("what is counted names nobody, and is counted of an address without an account likewise", async () => {
  await using people = await openPeople();
  await people.join(ada);
  const before = await people.count("_chassis_mail_budget");
  await link(people, "198.51.100.7");
  await link(people, "198.51.100.7", "nobody@example.org");
  assert.equal(await people.count("_chassis_mail_budget"), before + 2);
  const kept = JSON.stringify(
    await people.database.all("SELECT CAST(address AS TEXT), CAST(caller AS TEXT) FROM _chassis_mail_budget", []),
  );
  for (const known of ["ada", "nobody", "198.51"]) assert.ok(!kept.includes(known));
});

test("twenty who ask at once for one caller are one mail", async () => {
  await using people = await openPeople();
  const now = people.clock.now();
  const key = new Uint8Array(32);
  const asked = await Promise.all(
    Array.from({ length: 20 }, () =>
      people.database.transaction((connection) => takeMail(connection, key, { addressKey: ada, kind: "link", caller: "a", now })),
    ),
  );
  assert.equal(asked.filter(Boolean).length, 1);
});
