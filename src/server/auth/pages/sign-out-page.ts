import { isAnonymous } from "#application";
import type { AuthPage } from "../page/auth-page.ts";
import { form } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import { clearing } from "../session-routes.ts";

/** To sign out. A link leads to the button: no picture on another site signs anybody out. */
export const signOutPage: AuthPage = {
  path: paths.signOut,
  async show(visit) {
    const { say, me, auth } = visit;
    if (me === null) return visit.go(`${paths.signIn}?done=signed-out`);
    const address = (await auth.addressOf(me.id)) ?? "";
    return {
      title: say("signOutTitle"),
      text: isAnonymous(me) ? say("anonymousSignOut") : say("signOutText", { address }),
      body: form(visit, { path: paths.signOut, button: "signOutButton", fields: [] }),
    };
  },
  async submit(visit) {
    const { me, auth, to } = visit;
    if (me?.session !== undefined) await auth.signIn.signOut(me);
    return clearing(visit.go(to ?? `${paths.signIn}?done=signed-out`, { state: null, cookies: [visit.leave] }));
  },
};
