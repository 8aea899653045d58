import type { Json } from "#contract";
import type { AuthDefinition } from "../build-auth.ts";
import type { NewUserRow } from "../new-user.ts";
import { isRequired } from "../pages/page-fields.ts";
import type { Person } from "./provider.ts";

type Known = "name" | "givenName" | "familyName" | "nick";

/** Fields of `users` that people use for what sites know, by their names without case and marks. */
const fields: Readonly<Record<string, Known>> = {
  name: "name",
  fullname: "name",
  displayname: "name",
  firstname: "givenName",
  givenname: "givenName",
  lastname: "familyName",
  familyname: "familyName",
  nick: "nick",
  nickname: "nick",
  username: "nick",
};

/** What a site says of somebody, as far as whoever signs up is asked for it: filled in beforehand, and theirs to change. */
export function rowOf(person: Person, { users, pages }: Pick<AuthDefinition, "users" | "pages">): NewUserRow {
  const row: Record<string, Json> = {};
  const asked =
    pages?.fields.map(({ column }) => column) ?? [...users.columns.values()].filter((each) => isRequired(users, each));
  for (const { name, kind } of asked) {
    const known = fields[name.toLowerCase().replaceAll(/[_-]/g, "")];
    const value = known === undefined || kind.name !== "text" ? undefined : valueOf(person, known);
    if (value !== undefined) row[name] = value;
  }
  return row;
}

function valueOf({ name, givenName, familyName, nick }: Person, known: Known): string | undefined {
  if (known === "name") return name ?? ([givenName, familyName].filter(Boolean).join(" ") || nick);
  return { givenName, familyName, nick }[known];
}

/** By what they tell their accounts at one site apart. */
export function labelOf({ address, name, nick, subject }: Person): string {
  return address ?? nick ?? name ?? subject;
}
