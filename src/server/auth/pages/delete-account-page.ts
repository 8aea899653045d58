import { type DeletionPlan, labelFrom, translate } from "#application";
import { AppError } from "#contract";
import { html, type Html } from "../../pages/html.ts";
import { clearing } from "../session-routes.ts";
import type { AuthPage, Draft, Scene } from "../page/auth-page.ts";
import { field, form } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import { withReturn } from "../page/return-address.ts";
import type { Visit } from "../page/visit.ts";
import { nameIn, organisationPath } from "./organisations/organisation-visit.ts";

/** What the end of somebody's account would do, in plain words, and the form that asks for it. */
export const deleteAccountPage: AuthPage = {
  path: paths.deleteAccount,
  async show(visit, draft) {
    const { say, auth } = visit;
    const me = visit.signedIn();
    const plan = await auth.deletion.plan(me);
    const address = await auth.addressOf(me.id);
    return {
      title: say("deleteTitle"),
      text: plan.delay === 0 ? say("deleteNow") : say("deleteLater", { time: inDays(plan.delay, visit.language) }),
      body: obstacle(visit, plan) ?? html`${described(visit, plan)}${await lastStep(visit, draft, address)}`,
      more: html`<p class="aside"><a href="${paths.exportAccount}">${say("exportLink")}</a></p>
<p class="aside"><a href="${paths.account}">${say("cancel")}</a></p>`,
    };
  },
  async submit(visit) {
    const { auth, given, request } = visit;
    const me = visit.signedIn();
    const address = await auth.addressOf(me.id);
    if (address !== null && given("confirm").trim().toLowerCase() !== address.toLowerCase())
      throw new AppError("validationFailed", { fields: [{ field: "confirm", message: "is not the address of your account" }] });
    try {
      await auth.deletion.request(me, request);
    } catch (thrown) {
      // What stands in the way is said by the page itself.
      if (
        !(thrown instanceof AppError) ||
        !["proofRequired", "stillReferenced", "stillNeeded", "lastOwner"].includes(thrown.error)
      )
        throw thrown;
      return visit.go(paths.deleteAccount);
    }
    return clearing(visit.go(paths.deleted, { state: null, cookies: [visit.leave] }));
  },
};

/** "in 7 days": not "next week". */
function inDays(delay: number, language: string): string {
  return new Intl.RelativeTimeFormat(language, { numeric: "always" }).format(Math.round(delay / 86_400_000), "day");
}

/** What must first be out of the way; undefined for nothing. */
function obstacle(visit: Visit, { isLastAdmin, lastOwnerOf, blockedBy, blockedUnseen }: DeletionPlan): Html | undefined {
  const { say } = visit;
  if (isLastAdmin) return html`<p>${say("deleteLastAdmin")}</p>`;
  if (lastOwnerOf.length > 0)
    return html`<div class="things">
<p>${say("deleteLastOwner")}</p>
<ul>${lastOwnerOf.map(({ organisation, name }) => html`<li><a href="${organisationPath(organisation)}">${nameIn(visit, name)}</a></li>`)}</ul>
</div>`;
  if (blockedBy.length === 0 && !blockedUnseen) return undefined;
  return html`${list(visit, "deleteBlocked", blockedBy)}${blockedUnseen ? html`<p>${say("deleteBlockedUnseen")}</p>` : null}`;
}

/** The form, once they have shown who they are. */
async function lastStep(visit: Visit, draft: Draft, address: string | null): Promise<Html> {
  const { say, auth } = visit;
  if (!(await auth.isProved(visit.signedIn())))
    return html`<p>${say("deleteProve")}</p>
<p><a class="button main" href="${withReturn(paths.prove, paths.deleteAccount)}">${say("goOn")}</a></p>`;
  const typed = { name: "confirm", label: say("deleteConfirm"), hint: address ?? "", type: "email" } as const;
  return form(visit, {
    path: paths.deleteAccount,
    button: "deleteButton",
    fields: [address === null ? null : field(visit, draft, typed)],
  });
}

function described(visit: Visit, { goes, unnamed, kept }: DeletionPlan): Html {
  return html`${list(visit, "deleteGoes", goes)}${list(visit, "deleteUnnamed", unnamed)}${list(visit, "deleteKept", kept)}`;
}

function list(
  { say, auth, language }: Visit,
  words: "deleteGoes" | "deleteUnnamed" | "deleteKept" | "deleteBlocked",
  tables: readonly string[],
): Html | null {
  if (tables.length === 0) return null;
  const { users, pages } = auth.definition;
  const named = (table: string): string => {
    const own = pages?.tables[table];
    if (own !== undefined) return translate(own, language, "en");
    return table === users.name ? say("accountTitle") : labelFrom(table);
  };
  return html`<div class="things">
<p>${say(words)}</p>
<ul>${tables.map((table) => html`<li>${named(table)}</li>`)}</ul>
</div>`;
}

/** That it is done, or will be. */
export const deletedPage: AuthPage = {
  path: paths.deleted,
  show({ say, auth, home }): Scene {
    return {
      title: say("deletedTitle"),
      text: say(auth.definition.deletionDelay === 0 ? "deletedNow" : "deletedLater"),
      body: html`<p><a class="button" href="${home}">${say("back")}</a></p>`,
    };
  },
};
