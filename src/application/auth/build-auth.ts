import { didYouMean } from "#base";
import { actorFacts, expressions, foldCondition, type Model, type Table } from "#database";
import type { SystemDb } from "../functions/db.ts";
import type { RuleBook } from "../rules/rules.ts";
import type { AnySchema } from "../schema/schema.ts";
import { type DefinitionProblem, namedThings } from "../schema/definition-error.ts";
import { type AccountReference, accountReferences } from "./account/account-references.ts";
import {
  buildOrganisations,
  type OrganisationsDefinition,
  type OrganisationsOptions,
} from "./organisations/build-organisations.ts";
import {
  buildImpersonation,
  type ImpersonationDefinition,
  type ImpersonationInput,
} from "./impersonation/build-impersonation.ts";
import { buildKeys, type KeysDefinition, type KeysInput } from "./keys/build-keys.ts";
import { buildProviders, type ProvidersInput } from "./oauth/build-providers.ts";
import type { Provider } from "./oauth/provider.ts";
import { type AuthPages, type AuthPagesInput, buildAuthPages } from "./pages/build-auth-pages.ts";
import { buildProvider, type ProviderDefinition, type ProviderInput } from "./provider/build-provider.ts";

/** `db` is that of the system, within the transaction of the sign-in. */
export interface CarryOver<S extends AnySchema> {
  readonly db: SystemDb<S>;
  /** The anonymous user that they were, who stays behind. */
  readonly from: string;
  /** The user that they are from now on. */
  readonly to: string;
}

export interface AnonymousInput<S extends AnySchema = AnySchema> {
  /** Days that what nobody uses is kept: `30d`, the default; at most `365d`. */
  readonly keep?: string;
  /**
   * Called where somebody who has saved things signs in to an account that they have: gives those to it. Without it they stay behind, until they are
   * swept. What it throws is logged, undone, and keeps nobody from signing in.
   */
  carryOver?(change: CarryOver<S>): Promise<void>;
}

export interface AuthInput<Role extends string = string, S extends AnySchema = AnySchema> {
  /**
   * Whether somebody can save things before they sign up: an account without an address, which signing up makes theirs. Default false.
   */
  readonly anonymous?: boolean | AnonymousInput<S>;
  /**
   * Who may sign up. `open`: whoever has an address. `closed`: nobody; an administrator makes accounts (`chassis user create`). Default `open`.
   */
  readonly signUp?: "open" | "closed";
  /** The role of who may see and steer everything. Default `admin`; where the schema has roles of other names, one of those. */
  readonly adminRole?: Role | "admin";
  /**
   * Whether new passwords are looked up among those known from breaches of other sites (haveibeenpwned.com, which learns five of the forty
   * digits of a hash). Default false: a server does not talk to others unasked.
   */
  readonly breachedPasswords?: boolean;
  /**
   * Roles that nobody wears without a second factor: an authenticator app or a passkey. Who has such a role and no factor yet can do nothing after
   * their password but set one up. Default none.
   */
  readonly secondFactor?: { readonly requiredFor: readonly (Role | "admin")[] };
  /**
   * Other sites that people may sign in by: `{ google: true, acme: oidc({ issuer: "https://id.example.org" }) }`. The client of each is in the
   * settings, `CHASSIS_OAUTH_GOOGLE_ID` and `CHASSIS_OAUTH_GOOGLE_SECRET`. Default none.
   */
  readonly providers?: ProvidersInput;
  /**
   * The pages below `/auth` on which people sign up, sign in and look after their account. Default true: an app writes none. False leaves these paths to
   * the app's own routes, all but `/auth/v1`.
   */
  readonly pages?: boolean | AuthPagesInput;
  /**
   * Whole days between somebody's asking for the end of their account and its end: `7d`. Until then nobody gets in, and a link in their mail keeps it.
   * Default `7d`, at most `30d`; false deletes at once.
   */
  readonly deletionDelay?: string | false;
  /**
   * Where the schema has organisations: that people make them, invite others and look after their members, by `/auth/v1/organisations` and on pages.
   * Default true. False leaves that to the app's own code.
   */
  readonly organisations?: boolean | OrganisationsOptions;
  /** Whether people make keys for programs that act as them (`/auth/v1/keys`), and which. Default false: nobody does. */
  readonly keys?: boolean | KeysInput;
  /** Whether administrators may act as somebody, for a while and seen (`/auth/impersonate`). Default false: they may not. */
  readonly impersonation?: boolean | ImpersonationInput;
  /** Whether other apps sign people in with accounts of this site (OpenID Connect); `chassis client add` names them. Default false. */
  readonly provider?: boolean | ProviderInput;
}

/** Sign-in of a back end, checked. */
export interface AuthDefinition {
  readonly users: Table;
  readonly signUp: "open" | "closed";
  readonly adminRole: string;
  /** That an account may have. */
  readonly roles: readonly string[];
  readonly breachedPasswords: boolean;
  /** Of no role that there is not. */
  readonly secondFactor: { readonly requiredFor: readonly string[] };
  /** Other sites that people may sign in by. */
  readonly providers: readonly Provider[];
  /** Undefined where the app has its own. */
  readonly pages: AuthPages | undefined;
  /** Undefined where nobody can begin without signing up. Milliseconds. */
  readonly anonymous: { readonly keep: number; readonly carryOver: AnonymousInput["carryOver"] } | undefined;
  /** Milliseconds: 0 for at once. */
  readonly deletionDelay: number;
  /** Every way from rows to a user. */
  readonly references: readonly AccountReference[];
  /** Undefined where there are none, or the app looks after them. */
  readonly organisations: OrganisationsDefinition | undefined;
  /** Undefined where nobody makes keys. */
  readonly keys: KeysDefinition | undefined;
  /** Undefined where no administrator acts as somebody. */
  readonly impersonation: ImpersonationDefinition | undefined;
  /** Undefined where no app signs in with accounts of this site. */
  readonly provider: ProviderDefinition | undefined;
}

const names: readonly string[] = [
  "signUp",
  "adminRole",
  "breachedPasswords",
  "secondFactor",
  "providers",
  "pages",
  "deletionDelay",
  "organisations",
  "keys",
  "anonymous",
  "impersonation",
  "provider",
];

/** What was written as `auth`; undefined where there is none, or where it cannot stand. */
export function buildAuth(
  written: unknown,
  { model, rules }: { readonly model: Model; readonly rules: RuleBook },
  problems: DefinitionProblem[],
): AuthDefinition | undefined {
  if (written === undefined || written === false) {
    for (const column of [...model.tables.values()].flatMap(({ columns }) => [...columns.values()]))
      if (column.default?.type === "account")
        problems.push({
          place: `${column.table}.${column.name}`,
          message: "accountEmail() is kept by sign-in: give defineBackend auth: true",
        });
    return undefined;
  }
  const report = (place: string, message: string): void => void problems.push({ place: `auth${place}`, message });
  const given = written === true ? {} : namedThings(written, "auth", problems, "true or an object");
  for (const name of Object.keys(given))
    if (!names.includes(name)) report(`.${name}`, `is nothing that auth has${didYouMean(name, names)}`);
  const { signUp = "open", adminRole = "admin", breachedPasswords = false } = given;
  if (signUp !== "open" && signUp !== "closed") report(".signUp", 'is "open" or "closed"');
  if (typeof breachedPasswords !== "boolean") report(".breachedPasswords", "is true or false");
  const known = [...model.roles, "admin"];
  if (typeof adminRole !== "string" || !known.includes(adminRole))
    report(".adminRole", `must be a role of the schema, or "admin"${didYouMean(String(adminRole), known)}`);
  const users = model.tables.get("users");
  if (users === undefined) {
    report("", "needs a table 'users', a row for everybody who signs in: users: { name: text() }");
    return undefined;
  }
  if (users.key.kind.name === "integer") report("", "needs a table 'users' whose id cannot be guessed: id() or id(\"text\")");
  if (signUp === "open" && !mayBeMade(model, rules))
    report(
      "",
      "lets people sign up, and the rule create of 'users' lets nobody make their row: write create: row.id.eq(me.id), or auth: { signUp: \"closed\" }",
    );
  const pages = buildAuthPages(given["pages"], { users, tables: model.tables.keys() }, problems);
  return {
    users,
    signUp: signUp === "closed" ? "closed" : "open",
    adminRole: String(adminRole),
    roles: [...new Set([...model.roles, String(adminRole)])],
    breachedPasswords: breachedPasswords === true,
    secondFactor: { requiredFor: readRequiredFor(given["secondFactor"], [...known, String(adminRole)], problems) },
    providers: buildProviders(given["providers"], problems),
    anonymous: readAnonymous(given["anonymous"], problems),
    deletionDelay: readDeletionDelay(given["deletionDelay"], report),
    references: accountReferences(model, users),
    organisations: buildOrganisations(given["organisations"], model, problems),
    keys: buildKeys(given["keys"], problems),
    impersonation: buildImpersonation(given["impersonation"], problems),
    pages,
    provider: buildProvider(given["provider"], { users, hasPages: pages !== undefined }, problems),
  };
}

function readRequiredFor(written: unknown, known: readonly string[], problems: DefinitionProblem[]): readonly string[] {
  if (written === undefined) return [];
  const place = "auth.secondFactor";
  const given = namedThings(written, place, problems);
  for (const name of Object.keys(given))
    if (name !== "requiredFor")
      problems.push({
        place: `${place}.${name}`,
        message: `is nothing that secondFactor has${didYouMean(name, ["requiredFor"])}`,
      });
  const { requiredFor } = given;
  if (!Array.isArray(requiredFor)) {
    problems.push({ place: `${place}.requiredFor`, message: 'is a list of roles: ["admin"]' });
    return [];
  }
  for (const role of requiredFor as readonly unknown[])
    if (typeof role !== "string" || !known.includes(role))
      problems.push({
        place: `${place}.requiredFor`,
        message: `must be roles of the schema, or "admin"${didYouMean(String(role), known)}`,
      });
  return [...new Set(requiredFor.map(String))];
}

function readAnonymous(written: unknown, problems: DefinitionProblem[]): AuthDefinition["anonymous"] {
  if (written === undefined || written === false) return undefined;
  const place = "auth.anonymous";
  const given = written === true ? {} : namedThings(written, place, problems);
  const known = ["keep", "carryOver"];
  for (const name of Object.keys(given))
    if (!known.includes(name))
      problems.push({ place: `${place}.${name}`, message: `is nothing that anonymous has${didYouMean(name, known)}` });
  const { keep = "30d", carryOver } = given;
  const [, days] = typeof keep === "string" ? (/^(\d{1,3})d$/.exec(keep) ?? []) : [];
  if (!(Number(days) >= 1 && Number(days) <= 365))
    problems.push({ place: `${place}.keep`, message: "is a number of days from 1d to 365d" });
  if (carryOver !== undefined && typeof carryOver !== "function")
    problems.push({ place: `${place}.carryOver`, message: "is a function: async ({ db, from, to }) => { ... }" });
  return { keep: Number(days) * DAY, carryOver: carryOver as AnonymousInput["carryOver"] };
}

const DAY = 86_400_000;

function readDeletionDelay(written: unknown, report: (place: string, message: string) => void): number {
  if (written === undefined) return 7 * DAY;
  if (written === false) return 0;
  const [, days] = typeof written === "string" ? (/^(\d{1,2})d$/.exec(written) ?? []) : [];
  if (Number(days) >= 1 && Number(days) <= 30) return Number(days) * DAY;
  report(".deletionDelay", "is a number of days from 1d to 30d, or false for at once");
  return 0;
}

/** Whether some new user might make their own row. */
function mayBeMade(model: Model, rules: RuleBook): boolean {
  const rule = rules.get("users")?.create;
  // Without a rule the table is out of reach, which is told elsewhere.
  if (rule === undefined) return true;
  const somebody = actorFacts(newUser("00000000-0000-7000-8000-000000000000"), model);
  return !expressions.isConstantTruth(foldCondition(rule, somebody), false);
}

/** Who makes the row in `users` when somebody signs up: that user, of whom nothing is known yet but the address. */
export function newUser(id: string): {
  readonly id: string;
  readonly roles: readonly string[];
  readonly claims: Readonly<Record<string, never>>;
} {
  return { id, roles: [], claims: {} };
}
