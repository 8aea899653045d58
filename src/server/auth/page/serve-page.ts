import { randomBytes } from "node:crypto";
import {
  type Auth,
  type Authenticate,
  type AuthPageWords,
  type CheckedMailSettings,
  createSessionCookies,
  oneTimePurposes,
  type SessionCookies,
} from "#application";
import type { Clock } from "#base";
import { type Actor, AppError } from "#contract";
import type { Answer, Exchange } from "../../http/exchange.ts";
import type { Handler } from "../../http/incoming.ts";
import type { Route } from "../../http/router.ts";
import { whoseCookie } from "../../http/who-asks.ts";
import { acceptedLanguages } from "../../pages/accept-language.ts";
import { requestOf } from "../auth-tools.ts";
import type { CrossSite } from "../cross-site.ts";
import type { GiveExport } from "../export-answer.ts";
import { oauthCookies } from "../oauth-routes.ts";
import { type AuthPage, type Draft, freshDraft, isAnswer, type Scene } from "./auth-page.ts";
import { errorScene } from "./error-scene.ts";
import { labelOf } from "./fields.ts";
import { paths } from "./paths.ts";
import { frame } from "./frame.ts";
import { problemWords } from "./problem-words.ts";
import { type Form, formOf, readFormText } from "./read-form.ts";
import { returnAddress, withReturn } from "./return-address.ts";
import { createSentTwice } from "./sent-twice.ts";
import { createSpeech, type Speech } from "./speech.ts";
import type { Visit } from "./visit.ts";
import { forgetVisitState, keepVisitState, readVisitState } from "./visit-state.ts";

export interface AuthPagesOptions {
  readonly auth: Auth;
  readonly authenticate: Authenticate;
  readonly cookies: () => SessionCookies;
  readonly crossSite: CrossSite;
  /** Milliseconds that a session lasts at the most. */
  readonly lifetime: number;
  /** Of the mails, whose look the pages share. */
  readonly settings: CheckedMailSettings;
  /** Where somebody is taken who came from nowhere. */
  readonly home: string;
  /** Where mails of development are to be seen; undefined elsewhere. */
  readonly mailbox: string | undefined;
  readonly giveExport: GiveExport;
  readonly clock: Clock;
}

interface ShowOptions {
  readonly draft?: Draft;
  readonly headers?: Readonly<Record<string, string>>;
  /** `Set-Cookie` headers. */
  readonly set?: readonly string[];
  /** As whom an administrator acts who sees this. */
  readonly acting?: string | undefined;
}

/** How a page of sign-in becomes a route: what is read of a request before it, and what is told when something goes wrong. */
export function createPageServer(options: AuthPagesOptions): {
  readonly route: (page: AuthPage) => Route;
  /** For what is no page of ours. */
  readonly nothing: (path: string) => Route;
} {
  const { auth, cookies, crossSite, settings, home, clock } = options;
  const { brand, language: usual } = settings;
  const sentTwice = createSentTwice();
  const origin = (): string => cookies().origin;
  const site = (): string => (brand.name === "" ? new URL(origin()).host : brand.name);

  function speechFor(exchange: Exchange): Speech {
    const languages = [...acceptedLanguages(exchange.header("accept-language")), usual];
    return createSpeech(languages, { site: site(), changes: auth.definition.pages?.texts ?? {} });
  }

  function show(
    exchange: Exchange,
    scene: Scene,
    { draft = freshDraft, headers = {}, set = [], acting }: ShowOptions = {},
  ): Answer {
    const speech = speechFor(exchange);
    return frame(scene, draft, {
      speech,
      settings,
      site: site(),
      home,
      isSecret: new URLSearchParams(exchange.search).has("token"),
      labelOf(field) {
        const own = draft.labels?.[field];
        return own === undefined
          ? labelOf(field, speech, [...(auth.definition.pages?.fields ?? []), ...(auth.definition.organisations?.fields ?? [])])
          : speech.say(own);
      },
      headers,
      cookies: set,
      acting,
    });
  }

  /** What an administrator who acts as somebody is told on every page. */
  async function actingAs(me: Actor | null): Promise<string | undefined> {
    if (me?.impersonator === undefined) return undefined;
    return (await auth.nameOf(me)) ?? (await auth.addressOf(me.id)) ?? me.id;
  }

  /** A page on which there is nothing to do but to go elsewhere. */
  function showError(exchange: Exchange, error: AppError, { path, again = path }: Pick<AuthPage, "path" | "again">): Answer {
    const scene = errorScene(error, speechFor(exchange), { again, same: path, home });
    return show(exchange, { ...scene, status: error.status }, { headers: retryAfter(error) });
  }

  async function visitorOf(exchange: Exchange): Promise<{ readonly me: Actor | null; readonly cleared: readonly string[] }> {
    try {
      return { me: await whoseCookie(exchange, options.authenticate), cleared: [] };
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.error !== "expiredToken") throw thrown;
      return { me: null, cleared: [thrown.headers["set-cookie"] ?? cookies().clear] };
    }
  }

  async function visitOf(exchange: Exchange, given: Form, speech: Speech, me: Actor | null): Promise<Visit> {
    const cookie = exchange.header("cookie");
    const state = readVisitState(origin(), cookie);
    const to = returnAddress(given("to"));
    const pending = createSessionCookies(origin(), "sign-up");
    const waiting = createSessionCookies(origin(), "factor");
    const asked = createSessionCookies(origin(), "passkey");
    const elsewhere = oauthCookies(origin());
    const invited = createSessionCookies(origin(), "invitation");
    const keepSession = (token: string): readonly string[] => [
      cookies().set(token, options.lifetime),
      pending.clear,
      waiting.clear,
      asked.clear,
    ];
    const go: Visit["go"] = (path, { state: kept, cookies: set = [] } = {}) => ({
      status: 303,
      headers: { location: path, "cache-control": "no-store", "referrer-policy": "no-referrer" },
      body: undefined,
      cookies: [
        ...set,
        ...(kept === undefined ? [] : [kept === null ? forgetVisitState(origin()) : keepVisitState(origin(), kept)]),
      ],
    });
    return {
      ...speech,
      exchange,
      auth,
      request: requestOf(exchange, cookies().read(cookie)),
      given,
      to,
      home,
      state,
      continuation: pending.read(cookie),
      now: clock.now(),
      mailbox: options.mailbox,
      giveExport: (me) => options.giveExport(me, exchange),
      origin: origin(),
      me,
      signedIn() {
        if (me?.session === undefined) throw new AppError("signInRequired");
        return { ...me, session: me.session };
      },
      go,
      enter(outcome, wanted = to) {
        if ("token" in outcome) return go(wanted ?? home, { state: null, cookies: keepSession(outcome.token) });
        const path = outcome.factors.length === 0 ? paths.totp : paths.factor;
        const set = [waiting.set(outcome.pending, oneTimePurposes.factor), cookies().clear];
        return go(path, { state: { to: wanted, factors: outcome.factors.join(" ") }, cookies: set });
      },
      keepSession,
      mark: () => keepVisitState(origin(), { ...state, mark: randomBytes(32).toString("base64url") }),
      pending: waiting.read(cookie),
      passkey: given("response") === "" ? undefined : { ceremony: asked.read(cookie), response: parse(given("response")) },
      oauth: {
        journey: elsewhere.journey.read(cookie),
        keepJourney: (browser, milliseconds) => elsewhere.journey.set(browser, milliseconds),
        continuation: elsewhere.signUp.read(cookie),
        forgetContinuation: elsewhere.signUp.clear,
      },
      keepState: (kept) => keepVisitState(origin(), kept),
      leave: cookies().clear,
      invitation: invited.read(cookie),
      keepInvitation: (token) => (token === undefined ? invited.clear : invited.set(token, oneTimePurposes.signUp)),
      keepContinuation: (continuation) =>
        continuation === undefined ? pending.clear : pending.set(continuation, oneTimePurposes.signUp),
    };
  }

  /** What went wrong with a form, as the page that is shown again tells it; the same thing thrown where it is not the form's. */
  function draftOf(thrown: unknown, page: AuthPage, speech: Speech): Draft {
    if (!(thrown instanceof AppError)) throw thrown;
    const { labels = {} } = page;
    const blamed = page.blame?.[thrown.error];
    if (blamed === undefined && !toldByForm.has(thrown.error)) throw thrown;
    if (blamed !== undefined)
      return { ...freshDraft, labels, problems: new Map([[blamed.field, speech.say(blamed.say)]]), error: thrown };
    const problems = (thrown.fields ?? []).map(
      (each) =>
        [
          Object.hasOwn(labels, each.field) ? each.field : nameOf(each.field, page.rows ?? "user"),
          problemWords(each, speech),
        ] as const,
    );
    if (problems.length > 0) return { ...freshDraft, labels, problems: new Map(problems), error: thrown };
    return { ...freshDraft, alert: alertFor(thrown, speech), error: thrown };
  }

  /** Whether that browser has something that nobody else does. */
  function keepsSecret(cookie: string | undefined): boolean {
    const others = (["factor", "sign-up"] as const).map((what) => createSessionCookies(origin(), what));
    return (
      [cookies(), ...others].some((jar) => jar.read(cookie) !== undefined) || readVisitState(origin(), cookie).mark !== undefined
    );
  }

  function route(page: AuthPage): Route {
    const fail = (exchange: Exchange, error: AppError): Answer => {
      if (error.error === "signInRequired") {
        const { method, search } = exchange;
        const to = method === "GET" || method === "HEAD" ? `${page.path}${search === "" ? "" : `?${search}`}` : page.path;
        return {
          status: 303,
          headers: { location: withReturn(paths.signIn, returnAddress(to)), "cache-control": "no-store" },
          body: undefined,
        };
      }
      return showError(exchange, error, page);
    };
    const GET: Handler = async (exchange) => {
      const { me, cleared } = await visitorOf(exchange);
      const visit = await visitOf(exchange, formOf(new URLSearchParams(exchange.search)), speechFor(exchange), me);
      const shown = await page.show(visit, freshDraft);
      if (isAnswer(shown)) return { ...shown, cookies: [...cleared, ...(shown.cookies ?? [])] };
      return show(exchange, shown, { set: [...cleared, ...(shown.cookies ?? [])], acting: await actingAs(me) });
    };
    const { submit } = page;
    if (submit === undefined) return { path: page.path, methods: { GET }, showError: fail };
    const POST: Handler = async (exchange) => {
      crossSite.checkSignIn(exchange);
      const text = await readFormText(exchange);
      const form = formOf(new URLSearchParams(text));
      if (page.onlyOnce !== true) return take(exchange, form);
      const isSecret = keepsSecret(exchange.header("cookie"));
      return sentTwice(exchange, { path: page.path, text, isSecret }, () => take(exchange, form));
    };
    const take = async (exchange: Exchange, form: Form): Promise<Answer> => {
      const speech = speechFor(exchange);
      const { me, cleared } = await visitorOf(exchange);
      const visit = await visitOf(exchange, form, speech, me);
      try {
        const done = await submit(visit);
        return isAnswer(done) ? done : show(exchange, done, { set: done.cookies ?? [], acting: await actingAs(me) });
      } catch (thrown) {
        const draft = draftOf(thrown, page, speech);
        const shown = await page.show(visit, draft);
        if (isAnswer(shown)) return shown;
        return show(exchange, shown, { draft, headers: draft.error === undefined ? {} : retryAfter(draft.error), set: cleared });
      }
    };
    return { path: page.path, methods: { GET, POST }, showError: fail };
  }

  return {
    route,
    nothing: (path) => ({
      path,
      reserved: true,
      subtree() {
        throw new AppError("invalidPath");
      },
      showError: (exchange, error) => showError(exchange, error, { path: home }),
    }),
  };
}

/** What a form is shown again for. A link that was used up is none of its matters, nor what the server is to blame for. */
const toldByForm: ReadonlySet<string> = new Set([
  "validationFailed",
  "wrongCredentials",
  "wrongCode",
  "accountSuspended",
  "proofRequired",
  "tooManyRequests",
  "overloaded",
  "uniqueViolation",
  "checkViolation",
  "notNullViolation",
  "foreignKeyViolation",
  "numberOutOfRange",
  "invalidValue",
  "forbidden",
  "stillNeeded",
  "lastOwner",
  "wrongPasskey",
  "notSupported",
  "limitExceeded",
  "accountExists",
]);

const alerts: Partial<Readonly<Record<AppError["error"], keyof AuthPageWords>>> = {
  wrongCredentials: "wrongCredentials",
  wrongCode: "wrongCode",
  accountSuspended: "suspended",
  overloaded: "busy",
  uniqueViolation: "taken",
  forbidden: "notAllowed",
  stillNeeded: "stillNeeded",
  lastOwner: "lastOwner",
  wrongPasskey: "wrongPasskey",
  notSupported: "passkeyFailed",
  accountExists: "taken",
};

function alertFor(error: AppError, { say, when }: Speech): string {
  if (error.error === "tooManyRequests") return say("tooMany", { time: when(Number(error.headers["retry-after"] ?? 60)) });
  return say(alerts[error.error] ?? "invalid");
}

/** What a table says of a column is said of its field here. */
function nameOf(field: string, rows: string): string {
  return ownFields.has(field) || field.startsWith(`${rows}.`) ? field : `${rows}.${field.replace(/^0\./, "")}`;
}

const ownFields: ReadonlySet<string> = new Set(["email", "password", "current", "code", "confirm", "role"]);

/** What is no JSON is no answer of a passkey either. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function retryAfter({ headers }: AppError): Readonly<Record<string, string>> {
  const seconds = headers["retry-after"];
  return seconds === undefined ? {} : { "retry-after": seconds };
}
