import type { Page, Viewer } from "../design/layout.ts";
import { accountPage } from "../pages/account.ts";
import { confirmedPage, confirmPage } from "../pages/confirm.ts";
import { emptyForm, type FormState } from "../pages/views.ts";
import { problemsIn } from "./forms.ts";
import { seeOther } from "./respond.ts";
import type { Route, Visit } from "./visit.ts";

/** What accounts need that no visitor may do by themselves. */
export interface AccountTools {
  /** The address that the token was sent to is its user's. False where the token is not good any more. */
  confirm(token: string): Promise<boolean>;
  /** Whether somebody has left the list of digests by the link in one of them. */
  hasLeftDigest(email: string): Promise<boolean>;
  rejoinDigest(email: string): Promise<void>;
}

/** What people say about themselves, and the link by which they confirm their address. */
export function accountRoutes(tools: AccountTools): readonly Route[] {
  async function show({ viewer, url, store }: Visit, form: FormState): Promise<Page> {
    const account = await store.account();
    const hasLeft = account.email !== null && (await tools.hasLeftDigest(account.email));
    return accountPage({
      viewer: viewer as Viewer,
      account: { ...account, digest: account.digest && !hasLeft },
      form,
      changed: url.searchParams.has("saved"),
      status: form === emptyForm ? 200 : 422,
    });
  }

  async function change(visit: Visit): Promise<Page | Response> {
    const { form, viewer, store } = visit;
    const name = (form["name"] ?? "").trim();
    const email = (form["email"] ?? "").trim();
    const refuse = (problems: Readonly<Record<string, string>>): Promise<Page> => show(visit, { values: form, problems });
    if (name === "") return refuse({ name: "Tell a name. It need not be your whole one." });
    const digest = form["digest"] === "yes";
    if (digest && email === "") return refuse({ email: "Tell where the mails should go." });
    try {
      const notices = viewer?.editor === true ? { notices: form["notices"] === "yes" } : {};
      await store.setAccount({ name, email: email === "" ? null : email, digest, ...notices });
    } catch (error) {
      return refuse(problemsIn(error));
    }
    if (digest && !(await store.account()).isAsked) await tools.rejoinDigest(email);
    return seeOther("/account?saved");
  }

  return [
    { method: "GET", path: "/account", handler: (visit) => show(visit, emptyForm), signedIn: true },
    { method: "POST", path: "/account", handler: change, signedIn: true },
    {
      method: "GET",
      path: "/account/confirm",
      handler: ({ url }) => confirmPage({ token: url.searchParams.get("token") ?? "" }),
    },
    {
      // Whoever has the link need not be signed in: it may be opened on another device.
      method: "POST",
      path: "/account/confirm",
      handler: async ({ form }) => confirmedPage({ isGood: await tools.confirm(form["token"] ?? "") }),
    },
  ];
}
