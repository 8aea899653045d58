import { didYouMean } from "#base";
import type { DraftModel } from "../schema/doubts.ts";
import { type DefinitionProblem, namedThings } from "../schema/definition-error.ts";
import type { AnySchema } from "../schema/schema.ts";
import type { TableName } from "../schema/types.ts";
import { parseRate, type Rate } from "./rate.ts";

/** So many in so long a time: `5/1h`, `100/1d`. All of them may come at once, and then they come back one by one. */
export type RateText = `${number}/${number}${"s" | "m" | "h" | "d"}`;

/** How often one caller may do what, beside the limits that hold for everything. */
export interface LimitsInput<S extends AnySchema, F extends string> {
  /** Calls of a function, by name: by user, of strangers by address. */
  readonly functions?: { readonly [Name in F]?: RateText };
  /** Changes of a table by the data API, by name, each operation of a batch by itself: by user, of strangers by address. What functions change is not counted. */
  readonly tables?: { readonly [Name in TableName<S>]?: RateText };
  /**
   * Requests to the app's own routes, by address: by path, with all that lies below it, and by method where one stands before it:
   * `{ "/search": "30/1m", "POST /contact": "5/1h" }`. A request counts for every one that it fits.
   */
  readonly routes?: Readonly<Record<`/${string}` | `${string} /${string}`, RateText>>;
}

/** What an app's limit is called in a refusal. */
export type AppLimitName = `${"functions" | "tables" | "routes"}.${string}`;

export interface RouteLimit {
  readonly name: AppLimitName;
  /** Undefined for every method. `GET` is `HEAD` too. */
  readonly method: string | undefined;
  readonly segments: readonly string[];
}

/** The limits of a definition, checked. */
export interface AppLimits {
  readonly rates: ReadonlyMap<string, Rate>;
  readonly routes: readonly RouteLimit[];
}

export interface LimitedThings {
  readonly model: DraftModel;
  readonly functions: ReadonlyMap<string, unknown>;
  readonly hasRoutes: boolean;
}

const kinds = ["functions", "tables", "routes"] as const;
/** Segments as they are, without percent-encoding, so that each has one spelling. */
const ROUTE = /^(?:(GET|POST|PUT|PATCH|DELETE) )?(\/(?:[A-Za-z0-9\-._~]+(?:\/[A-Za-z0-9\-._~]+)*)?)$/;
/** The server's own, which no route of an app is asked for. */
const OWN = /^\/(?:rest\/v1|auth|health)(?:\/|$)/;

export function buildAppLimits(written: unknown, things: LimitedThings, problems: DefinitionProblem[]): AppLimits {
  const rates = new Map<string, Rate>();
  const routes: RouteLimit[] = [];
  const given = namedThings(written ?? {}, "limits", problems);
  for (const kind of Object.keys(given))
    if (!kinds.includes(kind as (typeof kinds)[number]))
      problems.push({
        place: `limits.${kind}`,
        message: `there are limits of functions, tables and routes${didYouMean(kind, kinds)}`,
      });
  for (const kind of kinds) {
    for (const [name, text] of Object.entries(namedThings(given[kind] ?? {}, `limits.${kind}`, problems))) {
      const report = (message: string): void => void problems.push({ place: `limits.${kind}.${name}`, message });
      if (text === undefined) continue;
      const limit: AppLimitName = `${kind}.${name}`;
      const rate = readRate(text);
      if (rate === undefined) report("must be a number and a time, such as 5/1h");
      else rates.set(limit, rate);
      if (kind === "routes") {
        const route = readRoute(name, things, report);
        if (route !== undefined) routes.push({ ...route, name: limit });
      } else reportUnknown(kind, name, things, report);
    }
  }
  return { rates, routes };
}

function readRate(text: unknown): Rate | undefined {
  try {
    const rate = parseRate(typeof text === "string" ? text : "");
    return rate === "off" ? undefined : rate;
  } catch {
    return undefined;
  }
}

function readRoute(
  name: string,
  { hasRoutes }: LimitedThings,
  report: (message: string) => void,
): Omit<RouteLimit, "name"> | undefined {
  const [, method, path] = ROUTE.exec(name) ?? [];
  if (path === undefined)
    report("must be a path such as /search or 'POST /contact', without a slash at its end and without percent-encoding");
  else if (OWN.test(path))
    report("is a path of the server itself: its tables and functions are limited by name, sign-in by settings");
  else if (!hasRoutes) report("needs routes, which this back end has none of");
  else return { method, segments: path === "/" ? [] : path.slice(1).split("/") };
  return undefined;
}

function reportUnknown(
  kind: "functions" | "tables",
  name: string,
  { model, functions }: LimitedThings,
  report: (message: string) => void,
): void {
  const names = kind === "tables" ? [...model.tables.keys()] : [...functions.keys()];
  if (!names.includes(name)) report(`there is no such ${kind === "tables" ? "table" : "function"}${didYouMean(name, names)}`);
}
