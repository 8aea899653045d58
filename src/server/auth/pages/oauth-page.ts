import { type AuthPageWords, type Intent, oneTimePurposes } from "#application";
import { AppError } from "#contract";
import { html } from "../../pages/html.ts";
import type { AuthPage, Scene } from "../page/auth-page.ts";
import { hidden } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import { withReturn } from "../page/return-address.ts";
import type { Visit } from "../page/visit.ts";
import { titleOf } from "./provider-buttons.ts";
import { proveFirst } from "./prove-page.ts";

/** From here people go to other sites to sign in, and here they are told when nothing came of it. */
export const oauthPage: AuthPage = {
  path: paths.oauth,
  show(visit) {
    const { given } = visit;
    if (given("problem") === "") return visit.go(withReturn(paths.signIn, visit.to));
    return problemScene(visit, given("problem"), given("provider"));
  },
  async submit(visit) {
    const { auth, given, request, to, say, me } = visit;
    const provider = given("provider");
    const intent = intentOf(given("intent"));
    try {
      const wanted = { provider, intent, me: intent === "signIn" ? null : me, to, browser: visit.oauth.journey };
      const { location, browser } = await auth.oauth.begin(wanted, request);
      const words = { provider: titleOf(visit, provider) };
      return {
        title: say("goingTitle", words),
        text: say("goingText", words),
        // By itself, for no redirect of a form leads to another site (`form-action`), nor is that site's own next one known.
        refresh: location,
        body: html`<p><a class="button main" href="${location}">${say("goingLink", words)}</a></p>`,
        cookies: [visit.oauth.keepJourney(browser, oneTimePurposes.oauth), visit.keepState({ to })],
      };
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.error === "proofRequired") return proveFirst(visit, thrown, paths.connections);
      if (thrown instanceof AppError && thrown.error === "providerFailed")
        return { ...problemScene(visit, thrown.error, provider), status: thrown.status };
      throw thrown;
    }
  },
};

function intentOf(given: string): Intent {
  return given === "connect" || given === "prove" ? given : "signIn";
}

interface Problem {
  readonly title: keyof AuthPageWords;
  readonly text: keyof AuthPageWords;
  /** What is offered first. */
  readonly way: "again" | "signIn" | "account";
}

/** By the names of errors. */
const problems: Readonly<Record<string, Problem>> = {
  providerFailed: { title: "providerFailedTitle", text: "providerFailedText", way: "again" },
  providerDeclined: { title: "declinedTitle", text: "declinedText", way: "again" },
  usedLink: { title: "journeyOverTitle", text: "journeyOverText", way: "again" },
  signInRequired: { title: "journeyOverTitle", text: "journeyOverText", way: "signIn" },
  accountExists: { title: "accountExistsTitle", text: "accountExistsText", way: "signIn" },
  identityTaken: { title: "identityTakenTitle", text: "identityTakenText", way: "account" },
  forbidden: { title: "noSignUpTitle", text: "noSignUpText", way: "signIn" },
  accountSuspended: { title: "noWayInTitle", text: "noWayInText", way: "signIn" },
  wrongCredentials: { title: "noWayInTitle", text: "noWayInText", way: "signIn" },
};

const usual: Problem = { title: "failedTitle", text: "failed", way: "again" };

/** What went wrong, in words of ours: whoever writes the address can make it say nothing else. */
function problemScene(visit: Visit, problem: string, provider: string): Scene {
  const { say, me, state, auth } = visit;
  if (!auth.oauth.providers.some(({ name }) => name === provider)) throw new AppError("invalidPath");
  const found = (Object.hasOwn(problems, problem) ? problems[problem] : undefined) ?? usual;
  const words = { provider: titleOf(visit, provider) };
  const to = visit.to ?? state.to;
  const elsewhere = me === null ? withReturn(paths.signIn, to) : paths.account;
  const way = found.way === "again" && me !== null ? "account" : found.way;
  return {
    title: say(found.title, words),
    text: say(found.text, words),
    body:
      way === "again"
        ? html`<form method="post" action="${paths.oauth}">${hidden("to", to)}${hidden("provider", provider)}<button class="button main">${say("tryAgain")}</button></form>`
        : html`<p><a class="button main" href="${elsewhere}">${say(me === null ? "signInButton" : "accountTitle")}</a></p>`,
    more: way === "again" ? html`<p class="aside"><a href="${elsewhere}">${say("anotherWay")}</a></p>` : null,
  };
}
