import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createTransport } from "../provider-transport.ts";
import type { Person, ProviderFacts } from "../provider.ts";
import { type KnownProvidersInput, knownProviders } from "./known-providers.ts";

type Name = keyof KnownProvidersInput;

interface Case {
  readonly name: Name;
  readonly what: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** What its API says, by address, in the form that its documentation has. */
  readonly api?: Readonly<Record<string, unknown>>;
  readonly given?: Readonly<Record<string, string>>;
  /** What it comes to. Undefined: nobody is known. */
  readonly person: Partial<Person> | undefined;
}

const google = {
  iss: "https://accounts.google.com",
  sub: "110169484474386276334",
  name: "Ada Lovelace",
  given_name: "Ada",
  family_name: "Lovelace",
};
const microsoft = {
  iss: "https://login.microsoftonline.com/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0",
  sub: "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
  tid: "9122040d-6c67-4c5b-b112-36a304b66dad",
  oid: "00000000-0000-0000-66f3-3332eca7ea81",
  name: "Ada Lovelace",
  preferred_username: "ada@contoso.example",
};
const apple = {
  iss: "https://appleid.apple.com",
  sub: "000686.f1a0c1.1010",
  email: "x7@privaterelay.appleid.com",
  is_private_email: "true",
};
const appleOptions = { team: "ABCDE12345", key: "KEY1234567" };
const githubUser = { login: "octocat", id: 583231, node_id: "MDQ6VXNlcjE=", name: "The Octocat", email: "shown@example.org" };
const githubMails = (verified: boolean) => [
  { email: "other@example.org", verified: true, primary: false, visibility: null },
  { email: "octocat@github.example", verified, primary: true, visibility: "private" },
];
const github = (user: unknown, mails: unknown) => ({
  "https://api.github.com/user": user,
  "https://api.github.com/user/emails": mails,
});
const discord = {
  id: "80351110224678912",
  username: "nelly",
  discriminator: "0",
  global_name: "Nelly",
  verified: true,
  email: "nelly@discord.example",
};
const facebook = {
  id: "10158000000000001",
  name: "Ada Lovelace",
  first_name: "Ada",
  last_name: "Lovelace",
  email: "ada@example.org",
};
const facebookMe = "https://graph.facebook.com/v24.0/me?fields=id,name,first_name,last_name,email";
const linkedin = {
  sub: "782bbtaQ",
  name: "Ada Lovelace",
  given_name: "Ada",
  family_name: "Lovelace",
  locale: "en-US",
  email: "ada@example.org",
  email_verified: true,
};
const linkedinMe = "https://api.linkedin.com/v2/userinfo";
const slack = {
  iss: "https://slack.com",
  sub: "U123ABC456",
  email: "ada@example.org",
  email_verified: true,
  name: "Ada",
  "https://slack.com/team_id": "T123",
};
const twitch = {
  iss: "https://id.twitch.tv/oauth2",
  sub: "713936733",
  email: "ada@example.org",
  email_verified: true,
  preferred_username: "ada",
};
const gitlab = {
  iss: "https://gitlab.com",
  sub: "1",
  name: "Ada",
  nickname: "ada",
  preferred_username: "ada",
  email: "ada@example.org",
  email_verified: true,
};
const x = (more: object) => ({
  "https://api.x.com/2/users/me?user.fields=confirmed_email": {
    data: { id: "2244994945", name: "X Dev", username: "XDevelopers", ...more },
  },
});

const cases: readonly Case[] = [
  {
    name: "google",
    what: "its own address",
    claims: { ...google, email: "ada@gmail.com", email_verified: true },
    person: { subject: google.sub, address: "ada@gmail.com", proved: true, givenName: "Ada" },
  },
  {
    name: "google",
    what: "an address of Workspace",
    claims: { ...google, email: "ada@example.org", email_verified: true, hd: "example.org" },
    person: { proved: true },
  },
  {
    name: "google",
    what: "an address of somebody else's",
    claims: { ...google, email: "ada@example.org", email_verified: true },
    person: { address: "ada@example.org", proved: false },
  },
  {
    name: "google",
    what: "an address that looks like its own",
    claims: { ...google, email: "ada@gmail.com.example.org", email_verified: true },
    person: { proved: false },
  },
  {
    name: "google",
    what: "an address that is not confirmed",
    claims: { ...google, email: "ada@gmail.com", email_verified: false },
    person: { proved: false },
  },
  {
    name: "google",
    what: "the right domain",
    options: { domain: "example.org" },
    claims: { ...google, hd: "example.org" },
    person: { subject: google.sub },
  },
  {
    name: "google",
    what: "another domain",
    options: { domain: "example.org" },
    claims: { ...google, hd: "evil.example" },
    person: undefined,
  },
  { name: "google", what: "no domain", options: { domain: "example.org" }, claims: google, person: undefined },
  {
    name: "microsoft",
    what: "whatever it says of an address (nOAuth)",
    claims: { ...microsoft, email: "victim@example.org", email_verified: true, xms_edov: true },
    person: {
      issuer: microsoft.iss,
      subject: microsoft.sub,
      address: "victim@example.org",
      proved: false,
      nick: "ada@contoso.example",
    },
  },
  { name: "microsoft", what: "nobody's address", claims: microsoft, person: { address: undefined, proved: false } },
  {
    name: "apple",
    what: "a relayed address, and a name",
    options: appleOptions,
    claims: { ...apple, email_verified: "true" },
    given: { user: '{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"evil@example.org"}' },
    person: { subject: apple.sub, address: apple.email, proved: true, givenName: "Ada", familyName: "Lovelace" },
  },
  {
    name: "apple",
    what: "a name that is none",
    options: appleOptions,
    claims: { ...apple, email_verified: true },
    given: { user: "{" },
    person: { proved: true, givenName: undefined },
  },
  {
    name: "apple",
    what: "an address that is not confirmed",
    options: appleOptions,
    claims: { ...apple, email_verified: "false" },
    person: { proved: false },
  },
  {
    name: "github",
    what: "the primary address",
    api: github(githubUser, githubMails(true)),
    person: {
      issuer: "https://github.com/login/oauth",
      subject: "583231",
      address: "octocat@github.example",
      proved: true,
      name: "The Octocat",
      nick: "octocat",
    },
  },
  {
    name: "github",
    what: "a primary address that is not confirmed",
    api: github(githubUser, githubMails(false)),
    person: { address: "octocat@github.example", proved: false },
  },
  {
    name: "github",
    what: "no addresses, but one that is shown",
    api: github(githubUser, []),
    person: { address: undefined, proved: false },
  },
  {
    name: "github",
    what: "an answer about addresses that is none",
    api: github(githubUser, { message: "Not Found" }),
    person: { address: undefined },
  },
  { name: "github", what: "no id", api: github({ ...githubUser, id: null }, []), person: undefined },
  { name: "github", what: "an id that is not whole", api: github({ ...githubUser, id: 1.5 }, []), person: undefined },
  {
    name: "github",
    what: "another origin",
    options: { origin: "https://git.example.org" },
    api: { "https://git.example.org/api/v3/user": githubUser, "https://git.example.org/api/v3/user/emails": githubMails(true) },
    person: { issuer: "https://git.example.org/login/oauth", proved: true },
  },
  {
    name: "gitlab",
    what: "a confirmed address",
    claims: gitlab,
    person: { subject: "1", address: "ada@example.org", proved: true, nick: "ada" },
  },
  { name: "gitlab", what: "one that is not", claims: { ...gitlab, email_verified: undefined }, person: { proved: false } },
  {
    name: "discord",
    what: "a confirmed address",
    api: { "https://discord.com/api/users/@me": discord },
    person: { subject: discord.id, address: discord.email, proved: true, name: "Nelly", nick: "nelly" },
  },
  {
    name: "discord",
    what: "one that is not",
    api: { "https://discord.com/api/users/@me": { ...discord, verified: false } },
    person: { proved: false },
  },
  {
    name: "discord",
    what: "none",
    api: { "https://discord.com/api/users/@me": { ...discord, email: null } },
    person: { address: undefined, proved: false },
  },
  {
    name: "facebook",
    what: "an address",
    api: { [facebookMe]: facebook },
    person: { subject: facebook.id, address: facebook.email, proved: false, familyName: "Lovelace" },
  },
  {
    name: "facebook",
    what: "a telephone number alone",
    api: { [facebookMe]: { ...facebook, email: undefined } },
    person: { address: undefined },
  },
  {
    name: "facebook",
    what: "an error",
    api: { [facebookMe]: { error: { message: "Invalid OAuth access token.", type: "OAuthException", code: 190 } } },
    person: undefined,
  },
  {
    name: "linkedin",
    what: "a confirmed address",
    api: { [linkedinMe]: linkedin },
    person: { issuer: "https://www.linkedin.com/oauth", subject: "782bbtaQ", proved: true },
  },
  {
    name: "linkedin",
    what: "one that is not",
    api: { [linkedinMe]: { ...linkedin, email_verified: "false" } },
    person: { proved: false },
  },
  {
    name: "slack",
    what: "what the workspace says",
    claims: slack,
    person: { subject: slack.sub, address: slack.email, proved: false },
  },
  { name: "twitch", what: "a confirmed address", claims: twitch, person: { subject: twitch.sub, proved: true, nick: "ada" } },
  { name: "twitch", what: "none", claims: { iss: twitch.iss, sub: twitch.sub }, person: { address: undefined, proved: false } },
  {
    name: "x",
    what: "a confirmed address",
    api: x({ confirmed_email: "dev@x.example" }),
    person: { issuer: "https://x.com", subject: "2244994945", address: "dev@x.example", proved: true, nick: "XDevelopers" },
  },
  { name: "x", what: "none", api: x({}), person: { address: undefined, proved: false } },
];

const read = async (facts: ProviderFacts, { claims = {}, api = {}, given = {} }: Case): Promise<Person> =>
  facts.read({
    claims,
    given: (name) => given[name] ?? null,
    ask: async (address) => {
      assert.ok(address in api, address);
      return api[address];
    },
  });

describe("what a site says of somebody", () => {
  for (const each of cases) {
    const { name, what, options = {}, person } = each;
    test(`${name}: ${what}`, async () => {
      const facts = knownProviders[name].facts(options);
      if (person === undefined) return assert.rejects(read(facts, each), { name: "UnreadableAnswer" });
      const found = await read(facts, each);
      assert.deepEqual(Object.fromEntries(Object.keys(person).map((key) => [key, found[key as keyof Person]])), person);
    });
  }

  test("every site has one case at least, by https alone", () => {
    assert.deepEqual([...new Set(cases.map(({ name }) => name))].toSorted(), Object.keys(knownProviders).toSorted());
    for (const { facts } of Object.values(knownProviders)) {
      const { issuer, endpoints, scopes } = facts({ team: "ABCDE12345", key: "KEY1234567" });
      for (const each of [issuer, ...Object.values(endpoints ?? {})]) assert.equal(new URL(each).protocol, "https:");
      assert.ok(scopes.length > 0);
    }
  });
});

test("answers that are not as RFC 6749 says are mended", () => {
  const twitchFacts = knownProviders.twitch.facts({});
  assert.deepEqual(twitchFacts.mend?.({ access_token: "a", scope: ["openid", "user:read:email"] }), {
    access_token: "a",
    scope: "openid user:read:email",
  });
  assert.deepEqual(twitchFacts.mend?.({ access_token: "a" }), { access_token: "a" });
  const { id_token: left } = knownProviders.linkedin.facts({}).mend?.({ access_token: "a", id_token: "b" }) ?? {};
  assert.equal(left, undefined);
  assert.equal(typeof createTransport(twitchFacts, 1000), "function");
});
