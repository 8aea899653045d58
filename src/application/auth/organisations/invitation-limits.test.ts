import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "#base";
import { createMemoryRateStore } from "../../rate-limits/memory-rate-store.ts";
import { createRateLimits, defaultRates } from "../../rate-limits/rate-limits.ts";
import { AppError } from "#contract";
import { refusedAs, request } from "../auth-fixtures.ts";
import { openTeams, type Somebody, type Teams } from "./team-fixtures.ts";

const DAY = 86_400_000;
const rates = () =>
  createRateLimits({
    store: createMemoryRateStore(systemClock),
    rates: { ...defaultRates, invitations: { amount: 4, per: DAY }, organisationInvitations: { amount: 6, per: DAY } },
  });

let strangers = 0;
const invite = async (teams: Teams, by: Somebody, organisation: string): Promise<unknown> => {
  const given = { organisation, email: `stranger-${++strangers}@example.com`, role: "member" };
  return teams.organisations.invitations.invite(await teams.me(by), given, request);
};
const sentTo = ({ letters }: Teams): number => letters.filter(({ to }) => to.endsWith("@example.com")).length;
const overLimit =
  (name: string) =>
  (error: unknown): boolean =>
    error instanceof AppError && error.error === "tooManyRequests" && String(error.details).includes(`(${name})`);

test("one account mails so many strangers by invitations, in however many organisations of its own, and no more", async () => {
  await using teams = await openTeams(undefined, { rates: rates() });
  const ada = await teams.person("Ada");
  const own = [await teams.team(ada), await teams.team(ada, "Blue"), await teams.team(ada, "Green")];
  for (const team of own) await invite(teams, ada, team);
  await invite(teams, ada, own[0] ?? "");
  for (const team of own) await assert.rejects(invite(teams, ada, team), overLimit("invitations"));
  const [waiting] = await teams.organisations.invitations.list(await teams.me(ada), own[1] ?? "");
  teams.clock.advance(61_000);
  const again = { organisation: own[1] ?? "", invitation: waiting?.id ?? "" };
  await assert.rejects(
    teams.organisations.invitations.resend(await teams.me(ada), again, request),
    overLimit("invitations"),
    "one that is sent once more is a mail too",
  );
  assert.equal(sentTo(teams), 4);
});

test("one organisation mails so many strangers, whoever of its members invites; a stranger uses up nothing of it", async () => {
  await using teams = await openTeams(undefined, { rates: rates() });
  const [ada, bea, cat] = [await teams.person("Ada"), await teams.person("Bea"), await teams.person("Cat")];
  const red = await teams.team(ada);
  await teams.bring(ada, red, bea, "admin");
  for (let round = 0; round < 9; round++) await assert.rejects(invite(teams, cat, red), refusedAs("notFound"));
  for (const by of [ada, ada, ada, bea, bea]) await invite(teams, by, red);
  await assert.rejects(invite(teams, bea, red), overLimit("organisationInvitations"));
  assert.equal(sentTo(teams), 5);
  await invite(teams, bea, await teams.team(bea, "Blue"));
  await invite(teams, cat, await teams.team(cat, "Green"));
});
