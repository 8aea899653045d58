import { type AuthPageWords, changeProofAge, type KeyRow, type NewKeyInput } from "#application";
import type { Answer } from "../../http/exchange.ts";
import { attributes, html, type Html } from "../../pages/html.ts";
import type { AuthPage, Draft, Scene } from "../page/auth-page.ts";
import { field, form, hidden } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import { withReturn } from "../page/return-address.ts";
import type { Visit } from "../page/visit.ts";
import { proveFirst } from "./prove-page.ts";

/** The keys of whoever asks: to make one, and to revoke one. */
export const keysPage: AuthPage = {
  path: paths.keys,
  labels: { name: "keyName", days: "keyDays", access: "keyAccess", tables: "keyTables", functions: "keyFunctions" },
  async show(visit, draft): Promise<Scene | Answer> {
    const { say, auth, now, given } = visit;
    const me = visit.signedIn();
    const keys = keysOf(visit);
    const { demanded } = await auth.factors.list(me);
    const proved = demanded ? me.session.factorProved : me.session.proved;
    // Before anything is filled in, which would be lost.
    if (proved === undefined || now - proved > changeProofAge) return visit.go(withReturn(paths.prove, paths.keys));
    const list = await keys.list(me);
    return {
      title: say("keysTitle"),
      text: say("keysText"),
      done: given("done") === "revoked" ? say("doneKeyRevoked") : undefined,
      wide: true,
      body: html`${list.length === 0 ? html`<p>${say("keysNone")}</p>` : html`<ul class="sessions">${list.map((each) => item(visit, each))}</ul>`}
<section class="part">
<h2>${say("keyNew")}</h2>
${form(visit, {
  path: paths.keys,
  button: "keyMake",
  fields: [
    field(visit, draft, { name: "name", label: say("keyName"), hint: say("keyNameHint"), type: "text" }),
    days(visit),
    choice(visit, { name: "access", label: "keyAccess", options: { read: "keyReads", write: "keyWrites" } }),
    names(visit, draft, { name: "tables", label: "keyTables", known: keys.reach.tables(me) }),
    names(visit, draft, { name: "functions", label: "keyFunctions", known: keys.reach.functions(me) }),
  ],
})}
</section>`,
      more: html`<p class="aside"><a href="${paths.account}">${say("accountTitle")}</a></p>`,
    };
  },
  async submit(visit) {
    const { say, given, request } = visit;
    const me = visit.signedIn();
    const keys = keysOf(visit);
    const revoked = given("revoke");
    if (revoked !== "") {
      await keys.revoke(me, revoked);
      return visit.go(`${paths.keys}?done=revoked`);
    }
    try {
      const { key } = await keys.make(me, readInput(visit), request);
      return {
        title: say("keyMadeTitle"),
        text: say("keyMadeText"),
        wide: true,
        body: html`<p class="codes one"><code>${key}</code></p>
<p><a class="button main" href="${paths.keys}">${say("keyKept")}</a></p>`,
      };
    } catch (thrown) {
      return proveFirst(visit, thrown, paths.keys);
    }
  },
  blame: { limitExceeded: { field: "name", say: "keysMost" } },
};

function keysOf({ auth }: Visit): NonNullable<typeof auth.keys> {
  if (auth.keys === undefined) throw new TypeError("There are keys where there is a page of them.");
  return auth.keys;
}

/** What was ticked, of what there was to tick. */
function readInput(visit: Visit): NewKeyInput {
  const { given } = visit;
  const me = visit.signedIn();
  const { reach } = keysOf(visit);
  const ticked = (list: string, known: readonly string[]): readonly string[] | undefined =>
    given(list) === "some" ? known.filter((name) => given(`${list}.${name}`) !== "") : undefined;
  const tables = ticked("tables", reach.tables(me));
  const functions = ticked("functions", reach.functions(me));
  return {
    name: given("name"),
    days: Number(given("days")),
    access: given("access"),
    ...(tables === undefined ? {} : { tables }),
    ...(functions === undefined ? {} : { functions }),
  };
}

function item({ say, when, now }: Visit, { id, name, start, scope, created, expires, used }: KeyRow): Html {
  const time = (moment: string): string => when((Date.parse(moment) - now) / 1000);
  const ago = (moment: string): string => when(Math.min(0, Date.parse(moment) - now) / 1000);
  const only = [...(scope.tables ?? []), ...(scope.functions ?? [])];
  return html`<li class="line">
<p><strong>${name}</strong> <span class="tag">${say(scope.access === "read" ? "keyReads" : "keyWrites")}</span>
<span class="quiet"><code>${start}…</code>${only.length === 0 ? null : html` · ${only.join(", ")}`}</span>
<span class="quiet">${say("keyMadeAgo", { time: ago(created) })} · ${say("keyEnds", { time: time(expires) })} · ${used === null ? say("keyNeverUsed") : say("keyUsed", { time: ago(used) })}</span></p>
<form method="post" action="${paths.keys}">${hidden("revoke", id)}<button class="button" aria-label="${say("keyRevokeOf", { name })}">${say("keyRevoke")}</button></form>
</li>`;
}

/** A week, a month, a quarter, a year, as far as they may be so long. */
function days(visit: Visit): Html {
  const { say, language, given, auth } = visit;
  const { keys } = auth.definition;
  const usual = keys?.days ?? 0;
  const most = keys?.maxDays ?? 0;
  // 366 are a year too, and would stand beside 365 as if they were something else.
  const longest = most === 366 && usual !== 366 ? 365 : most;
  const choices = [...new Set([7, 30, 90, 365, usual, longest])].filter((each) => each <= longest).toSorted((a, b) => a - b);
  const chosen = given("days") === "" ? usual : Number(given("days"));
  const words = new Intl.NumberFormat(language, { style: "unit", unit: "day", unitDisplay: "long" });
  return html`<div class="field">
<label for="days">${say("keyDays")}</label>
<select id="days" name="days">
${choices.map((each) => html`<option value="${each}"${attributes({ selected: each === chosen })}>${words.format(each)}</option>`)}
</select>
</div>`;
}

interface Choice {
  readonly name: string;
  readonly label: keyof AuthPageWords;
}

/** One of two, the first where nothing was chosen. */
function choice(
  { say, given }: Visit,
  { name, label, options }: Choice & { readonly options: Readonly<Record<string, keyof AuthPageWords>> },
  more: Html | null = null,
): Html {
  const values = Object.entries(options);
  const chosen = Object.hasOwn(options, given(name)) ? given(name) : values[0]?.[0];
  return html`<fieldset class="field choice">
<legend>${say(label)}</legend>
${values.map(
  ([value, words]) => html`<div class="tick">
<input type="radio" id="${name}-${value}" name="${name}" value="${value}"${attributes({ checked: value === chosen })}>
<label for="${name}-${value}">${say(words)}</label>
</div>`,
)}
${more}
</fieldset>`;
}

/** All that there are, or those that are ticked: both can be seen, so that nothing depends on a script. */
function names(visit: Visit, draft: Draft, { name, label, known }: Choice & { readonly known: readonly string[] }): Html | null {
  if (known.length === 0) return null;
  const { given } = visit;
  const problem = draft.problems.get(name);
  const ticks = known.map((each) => {
    const id = `${name}.${each}`;
    return html`<div class="tick">
<input type="checkbox" id="${id}" name="${id}" value="true"${attributes({ checked: given(id) !== "" })}>
<label for="${id}"><code>${each}</code></label>
</div>`;
  });
  return choice(
    visit,
    { name, label, options: { all: "keyAll", some: "keySome" } },
    html`<div class="ticks">${ticks}</div>
${problem === undefined ? null : html`<p class="problem" id="${name}-problem">${problem}</p>`}`,
  );
}
