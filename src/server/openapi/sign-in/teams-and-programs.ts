import type { AuthDefinition } from "#application";
import type { SignInOperation } from "./sign-in-operation.ts";
import { fields, listOf, object, plain } from "./sign-in-operation.ts";

const { email, token, session } = fields;
const { text, textOrNull, truth, moment, momentOrNull } = plain;

const scope = {
  access: { type: "string", enum: ["read", "write"], default: "read", description: "`read` changes nothing." },
  tables: { ...listOf(text), description: "The only tables that are there for it. Left out: all." },
  functions: { ...listOf(text), description: "The only functions that are there for it. Left out: all." },
  routes: { ...truth, description: "Whether the app's own routes take it." },
};

const key = object({ id: text, name: text, start: text, ...scope, created: moment, expires: moment, used: momentOrNull }, [
  "tables",
  "functions",
]);

const keys: readonly SignInOperation[] = [
  {
    method: "get",
    path: "keys",
    id: "listKeys",
    summary: "List one's keys for programs",
    session: true,
    answers: { "200": listOf(key) },
    errors: ["invalidQuery"],
  },
  {
    method: "post",
    path: "keys",
    id: "makeKey",
    summary: "Make a key for a program",
    description: "`key` is in the answer this once. The session must have been proved within ten minutes.",
    session: true,
    takes: { name: text, days: { type: "integer", minimum: 1 }, ...scope },
    needs: ["name"],
    answers: { "201": { allOf: [object({ key: text }), key] } },
    errors: ["proofRequired", "forbidden", "invalidQuery"],
  },
  {
    method: "delete",
    path: "keys/{id}",
    id: "revokeKey",
    summary: "Revoke a key",
    session: true,
    parameters: { id: text },
    answers: { "204": null },
    errors: ["notFound", "invalidQuery"],
  },
];

const own = object({ organisation: text, name: textOrNull, role: text, since: moment, manages: truth, gives: listOf(text) });
const invitation = object({ id: text, address: text, role: text, by: text, created: moment, expires: moment });
const belongs = object({ organisation: text, role: text });
const id = { id: text };
const member = { ...id, user: text };
const one = { ...id, invitation: text };

const organisations: readonly SignInOperation[] = [
  {
    method: "get",
    path: "organisations",
    id: "listOrganisations",
    summary: "List the organisations that one belongs to",
    session: true,
    answers: { "200": listOf(own) },
  },
  {
    method: "post",
    path: "organisations",
    id: "makeOrganisation",
    summary: "Make an organisation",
    session: true,
    takes: { organisation: { ...plain.anything, description: "Its fields." } },
    needs: ["organisation"],
    answers: { "201": belongs },
    errors: ["uniqueViolation", "forbidden"],
  },
  {
    method: "get",
    path: "organisations/{id}",
    id: "getOrganisation",
    summary: "Get one of them",
    session: true,
    parameters: id,
    answers: { "200": own },
    errors: ["notFound"],
  },
  {
    method: "get",
    path: "organisations/{id}/members",
    id: "listMembers",
    summary: "List its members",
    session: true,
    parameters: id,
    answers: { "200": listOf(object({ user: text, name: textOrNull, role: text, since: moment })) },
    errors: ["notFound"],
  },
  {
    method: "patch",
    path: "organisations/{id}/members/{user}",
    id: "giveRole",
    summary: "Give a member another role",
    session: true,
    parameters: member,
    takes: { role: text },
    needs: ["role"],
    answers: { "204": null },
    errors: ["notFound", "forbidden", "lastOwner", "proofRequired"],
  },
  {
    method: "delete",
    path: "organisations/{id}/members/{user}",
    id: "removeMember",
    summary: "Remove a member, or leave",
    session: true,
    parameters: member,
    answers: { "204": null },
    errors: ["notFound", "forbidden", "lastOwner", "proofRequired"],
  },
  {
    method: "get",
    path: "organisations/{id}/invitations",
    id: "listInvitations",
    summary: "List the invitations that wait",
    session: true,
    parameters: id,
    answers: { "200": listOf(invitation) },
    errors: ["notFound", "forbidden"],
  },
  {
    method: "post",
    path: "organisations/{id}/invitations",
    id: "invite",
    summary: "Invite somebody",
    session: true,
    parameters: id,
    takes: { email, role: text },
    needs: ["email", "role"],
    answers: { "202": invitation },
    errors: ["notFound", "forbidden", "proofRequired"],
  },
  {
    method: "post",
    path: "organisations/{id}/invitations/{invitation}/resend",
    id: "resendInvitation",
    summary: "Send another link",
    session: true,
    parameters: one,
    answers: { "202": plain.anything },
    errors: ["notFound", "forbidden"],
  },
  {
    method: "delete",
    path: "organisations/{id}/invitations/{invitation}",
    id: "withdrawInvitation",
    summary: "Withdraw an invitation",
    session: true,
    parameters: one,
    answers: { "204": null },
    errors: ["notFound", "forbidden"],
  },
  {
    method: "post",
    path: "invitations/read",
    id: "readInvitation",
    summary: "See what one is invited to",
    takes: { token },
    needs: ["token"],
    answers: { "200": object({ organisation: text, name: textOrNull, role: text, expires: moment }) },
    errors: ["usedLink", "otherAddress"],
  },
  {
    method: "post",
    path: "invitations/accept",
    id: "acceptInvitation",
    summary: "Accept an invitation",
    session: true,
    takes: { token },
    needs: ["token"],
    answers: { "200": belongs },
    errors: ["usedLink", "otherAddress", "forbidden"],
  },
  {
    method: "post",
    path: "invitations/decline",
    id: "declineInvitation",
    summary: "Decline an invitation",
    takes: { token },
    needs: ["token"],
    answers: { "204": null },
    errors: ["usedLink", "otherAddress"],
  },
];

const impersonation: readonly SignInOperation[] = [
  {
    method: "post",
    path: "impersonate",
    id: "impersonate",
    summary: "Act as somebody, as an administrator",
    session: true,
    takes: { user: text, reason: text, session },
    needs: ["user", "reason"],
    answers: { "200": object({ user: text, impersonation: text, expires: moment, token: text }, ["token"]) },
    errors: ["notFound", "forbidden", "proofRequired"],
  },
  {
    method: "post",
    path: "impersonate/end",
    id: "endImpersonation",
    summary: "Be oneself again",
    session: true,
    answers: { "204": null },
    errors: ["notFound"],
  },
  {
    method: "get",
    path: "impersonations",
    id: "listImpersonations",
    summary: "List when administrators looked in on oneself",
    session: true,
    answers: { "200": listOf(object({ id: text, reason: text, created: moment, until: moment })) },
  },
];

const parts: readonly (readonly [operations: readonly SignInOperation[], when: (auth: AuthDefinition) => boolean])[] = [
  [keys, (auth) => auth.keys !== undefined],
  [organisations, (auth) => auth.organisations !== undefined],
  [impersonation, (auth) => auth.impersonation !== undefined],
];

/** What only some back ends have: keys, organisations, administrators who act as somebody. */
export const teamsAndPrograms: readonly SignInOperation[] = parts.flatMap(([operations, when]) =>
  operations.map((operation) => ({ ...operation, when })),
);
