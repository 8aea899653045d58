import type { RouteContext } from "chassis";
import type { Page, Viewer } from "../design/layout.ts";
import { accountPage } from "../pages/account.ts";
import { emptyForm, type FormState } from "../pages/views.ts";
import type { schema } from "../schema.ts";
import { problemsIn } from "./forms.ts";
import { seeOther } from "./respond.ts";
import type { Route, Visit } from "./visit.ts";

/** What people say about themselves here. Their address, password and devices are at /auth/account. */
export function accountRoutes({ suppressions }: Pick<RouteContext<typeof schema>, "suppressions">): readonly Route[] {
  async function show({ viewer, url, store }: Visit, form: FormState): Promise<Page> {
    const account = await store.account();
    const left = account.address === null ? null : await suppressions.find(account.address, "digest");
    return accountPage({
      viewer: viewer as Viewer,
      account: { ...account, digest: account.digest && left?.reason !== "unsubscribed" },
      form,
      changed: url.searchParams.has("saved"),
      status: form === emptyForm ? 200 : 422,
    });
  }

  async function change(visit: Visit): Promise<Page | Response> {
    const { form, viewer, store } = visit;
    const name = (form["name"] ?? "").trim();
    if (name === "") return show(visit, { values: form, problems: { name: "Tell a name. It need not be your whole one." } });
    const digest = form["digest"] === "yes";
    const mails = viewer?.verified === true && { digest, ...(viewer.editor && { notices: form["notices"] === "yes" }) };
    try {
      await store.setAccount({ name, ...mails });
    } catch (error) {
      return show(visit, { values: form, problems: problemsIn(error) });
    }
    const { address } = await store.account();
    // Whoever left the list by the link in one of its mails, and now asks for it, is back on it.
    if (mails && digest && address !== null) await suppressions.remove(address, { list: "digest" });
    return seeOther("/account?saved");
  }

  return [
    { method: "GET", path: "/account", handler: (visit) => show(visit, emptyForm), signedIn: true },
    { method: "POST", path: "/account", handler: change, signedIn: true },
  ];
}
