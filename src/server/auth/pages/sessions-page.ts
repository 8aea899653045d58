import { AppError } from "#contract";
import type { AuthPage } from "../page/auth-page.ts";
import { paths } from "../page/paths.ts";

/** Ends one session of whoever asks, or all others: what the account's page sends. */
export const sessionsPage: AuthPage = {
  path: paths.sessions,
  show: (visit) => visit.go(paths.account),
  async submit(visit) {
    const { auth, given } = visit;
    const me = visit.signedIn();
    const session = given("session");
    if (session === "others") {
      await auth.signIn.signOutEverywhere(me, { others: true });
      return visit.go(`${paths.account}?done=others`);
    }
    try {
      await auth.signIn.endSession(me, session);
    } catch (thrown) {
      // It ended by itself meanwhile, and is as gone as was wanted.
      if (!(thrown instanceof AppError) || thrown.error !== "notFound") throw thrown;
    }
    return visit.go(`${paths.account}?done=session`);
  },
};
