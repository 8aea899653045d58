import { type AuthPageWords, type Organisations, type OwnOrganisation, translate } from "#application";
import { AppError } from "#contract";
import { html, type Html } from "../../../pages/html.ts";
import { paths } from "../../page/paths.ts";
import { withReturn } from "../../page/return-address.ts";
import type { Answer } from "../../../http/exchange.ts";
import type { Visit } from "../../page/visit.ts";

/** What their pages call; the pages are there alone where organisations are. */
export function organisationsOf({ auth }: Visit): Organisations {
  if (auth.organisations === undefined) throw new AppError("invalidPath");
  return auth.organisations;
}

/** The page of one, with what was done there. */
export function organisationPath(organisation: string, done?: string): string {
  const query = new URLSearchParams({ organisation, ...(done === undefined ? {} : { done }) });
  return `${paths.members}?${query}`;
}

/** The one that a page is about, as whoever asks sees it. Throws `notFound`. */
export function findOwn(visit: Visit): Promise<OwnOrganisation> {
  return organisationsOf(visit).find(visit.signedIn(), visit.given("organisation"));
}

export function nameIn({ say }: Visit, name: string | null): string {
  return name === null || name.trim() === "" ? say("organisationNameless") : name;
}

const ownRoles: Readonly<Record<string, keyof AuthPageWords>> = { owner: "roleOwner", admin: "roleAdmin", member: "roleMember" };

/** What a role is called in the reader's language. */
export function roleIn(visit: Visit, role: string): string {
  const given = organisationsOf(visit).definition.roleNames[role];
  if (given !== undefined) return translate(given, visit.language, "en");
  const own = Object.hasOwn(ownRoles, role) ? ownRoles[role] : undefined;
  return own === undefined ? role.charAt(0).toUpperCase() + role.slice(1).replaceAll(/[_-]/g, " ") : visit.say(own);
}

/** To choose one of these roles. `id` is of this field alone on its page. */
export function roleField(
  visit: Visit,
  { id, roles, selected }: { readonly id: string; readonly roles: readonly string[]; readonly selected: string | undefined },
): Html {
  const options = roles.map((role) =>
    role === selected
      ? html`<option value="${role}" selected>${roleIn(visit, role)}</option>`
      : html`<option value="${role}">${roleIn(visit, role)}</option>`,
  );
  return html`<div class="field"><label for="${id}">${visit.say("role")}</label><select id="${id}" name="role">${options}</select></div>`;
}

/** Where something wants a proof, the page that asks for it, and back; what else went wrong is thrown once more. */
export function proveAndComeBack(visit: Visit, thrown: unknown, to: string): Answer {
  if (thrown instanceof AppError && thrown.error === "proofRequired") return visit.go(withReturn(paths.prove, to));
  throw thrown;
}
