import { type AuthPageWords, isAnonymous, type RunningImpersonation } from "#application";
import { html, type Html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { form, hidden } from "../page/fields.ts";
import { appsPart } from "../provider/apps-page.ts";
import type { SignedIn, Visit } from "../page/visit.ts";
import { anonymousScene } from "./anonymous-scene.ts";
import { dataPart } from "./account-data-part.ts";
import { describeAgent } from "./describe-agent.ts";
import { paths } from "../page/paths.ts";

/** What somebody sees of their account, and from where they change it. */
export const accountPage: AuthPage = {
  path: paths.account,
  async show(visit) {
    const { say, auth, given, home } = visit;
    const me = visit.signedIn();
    if (isAnonymous(me)) return anonymousScene(visit);
    const name = await auth.nameOf(me);
    const done = given("done");
    return {
      title: say("accountTitle"),
      text: name === null || name === "" ? undefined : name,
      done: Object.hasOwn(doneWords, done) ? say(doneWords[done] as keyof AuthPageWords) : undefined,
      wide: true,
      body: html`${await addressPart(visit, me)}
${line(visit, "accountPassword", { path: paths.password, say: "changePasswordLink" })}
${await factorsPart(visit, me)}
${auth.keys === undefined ? null : line(visit, "keysTitle", { path: paths.keys, say: "keysManage" })}
${await connectionsPart(visit, me)}
${auth.organisations === undefined ? null : line(visit, "organisationsTitle", { path: paths.organisations, say: "organisationsLink" })}
${await sessionsPart(visit, me)}
${await impersonationsPart(visit, me)}
${dataPart(visit)}
${await appsPart(visit, me)}
<div class="part line">
<a class="button" href="${home}">${say("back")}</a>
${form(visit, { path: paths.signOut, button: "signOutButton", fields: [], plain: true })}
</div>`,
    };
  },
};

const doneWords: Readonly<Record<string, keyof AuthPageWords>> = {
  password: "donePassword",
  totp: "doneTotp",
  "totp-removed": "doneTotpRemoved",
  passkey: "donePasskey",
  "passkey-removed": "donePasskeyRemoved",
  disconnected: "doneDisconnected",
  session: "doneSession",
  others: "doneOthers",
  app: "doneApp",
};

async function addressPart(visit: Visit, { id, session }: SignedIn): Promise<Html> {
  const { say, auth } = visit;
  const address = await auth.addressOf(id);
  const isAsked = address !== null && !session.verified;
  return html`<section class="part">
<h2>${say("accountAddress")}</h2>
<div class="line">
<p>${address ?? ""} <span class="tag">${say(session.verified ? "addressVerified" : "addressUnverified")}</span></p>
<a class="button" href="${paths.change}">${say("changeAddressLink")}</a>
</div>
${isAsked ? html`<div class="line">${form(visit, { path: paths.verify, button: "verifyButton", fields: [], plain: true })}</div>` : null}
</section>`;
}

function line(
  { say }: Visit,
  title: keyof AuthPageWords,
  link: { readonly path: string; readonly say: keyof AuthPageWords },
): Html {
  return html`<section class="part line">
<h2>${say(title)}</h2>
<a class="button" href="${link.path}">${say(link.say)}</a>
</section>`;
}

async function factorsPart({ say, auth }: Visit, me: SignedIn): Promise<Html> {
  const { totp } = await auth.factors.list(me);
  return html`<section class="part line">
<h2>${say("totpTitle")} <span class="tag">${say(totp === null ? "totpIsOff" : "totpIsOn")}</span></h2>
<a class="button" href="${paths.totp}">${say("totpLink")}</a>
</section>
<section class="part line">
<h2>${say("passkeysTitle")}</h2>
<a class="button" href="${paths.passkeys}">${say("passkeysManage")}</a>
</section>`;
}

/** Nothing where nobody signs in by other sites, and this account never did. */
async function connectionsPart(visit: Visit, me: SignedIn): Promise<Html | null> {
  const { oauth } = visit.auth;
  if (oauth.providers.length === 0 && (await oauth.list(me)).length === 0) return null;
  return line(visit, "connectionsTitle", { path: paths.connections, say: "connectionsManage" });
}

async function sessionsPart(visit: Visit, me: SignedIn): Promise<Html> {
  const { say, when, auth, now } = visit;
  const sessions = await auth.signIn.sessions(me);
  const ago = (moment: string): string => {
    const seconds = Math.max(0, now - Date.parse(moment)) / 1000;
    // It is known to the minute.
    return when(seconds < 60 ? 0 : -seconds);
  };
  const mineFirst = sessions.toSorted((a, b) => Number(b.id === me.session.id) - Number(a.id === me.session.id));
  const items = mineFirst.map((session) => {
    const { id, created, used, address, agent } = session;
    const isThis = id === me.session.id;
    if ("impersonation" in session)
      return impersonationItem(visit, session, { isThis, asMe: session.impersonation.user === me.id, ago });
    const device = describeAgent(agent) ?? say("unknownDevice");
    return html`<li class="line">
<p><strong>${device}</strong>${isThis ? html` <span class="tag">${say("thisSession")}</span>` : null}
<span class="quiet">${say("sessionUsed", { time: ago(used) })} · ${say("sessionBegun", { time: ago(created) })}${address === null ? null : html` · ${address}`}</span></p>
${isThis ? null : endForm(visit, id, device)}
</li>`;
  });
  return html`<section class="part">
<h2>${say("sessionsTitle")}</h2>
<ul class="sessions">${items}</ul>
${
  sessions.length < 2
    ? null
    : html`<div class="line"><form method="post" action="${paths.sessions}">${hidden("session", "others")}<button class="button">${say("endOthers")}</button></form></div>`
}
</section>`;
}

/** An administrator who is this person just now; or this person, who is somebody else. */
function impersonationItem(
  visit: Visit,
  { id, created, impersonation }: RunningImpersonation,
  { isThis, asMe, ago }: { readonly isThis: boolean; readonly asMe: boolean; readonly ago: (moment: string) => string },
): Html {
  const { say } = visit;
  const title = say(asMe ? "sessionOfAdmin" : "sessionAsOther");
  return html`<li class="line">
<p><strong>${title}</strong>${isThis ? html` <span class="tag">${say("thisSession")}</span>` : null}
<span class="quiet">${ago(created)} · ${say("impersonatedWhy", { reason: impersonation.reason })}</span></p>
${isThis ? null : endForm(visit, id, title)}
</li>`;
}

function endForm({ say }: Visit, session: string, device: string): Html {
  return html`<form method="post" action="${paths.sessions}">${hidden("session", session)}<button class="button" aria-label="${say("endSessionOf", { device })}">${say("endSession")}</button></form>`;
}

/** That administrators looked in, when and why. */
async function impersonationsPart({ say, when, now, auth }: Visit, me: SignedIn): Promise<Html | null> {
  const list = (await auth.impersonation?.list(me)) ?? [];
  if (list.length === 0) return null;
  return html`<section class="part">
<h2>${say("impersonatedTitle")}</h2>
<ul class="sessions">${list.slice(0, 10).map(
    ({ created, reason }) => html`<li><p>${when(Math.min(0, Date.parse(created) - now) / 1000)}
<span class="quiet">${say("impersonatedWhy", { reason })}</span></p></li>`,
  )}</ul>
</section>`;
}
