import { type ActorFacts, actorFacts, nobodyFacts } from "#database";
import { readActor, readRolesAndClaims } from "../backend/actor-options.ts";
import { UsageError } from "../command-line/command-error.ts";
import { count, type Terminal } from "../command-line/terminal.ts";
import { openWorkplace, type Workplace } from "../backend/workplace.ts";
import { type ListedRoute, listRoutes, type RouteKind } from "./list-routes.ts";
import { somebody } from "./who-may.ts";

export interface RoutesOptions {
  readonly backend: string;
  readonly as?: string;
  readonly anonymous?: boolean;
  readonly role?: readonly string[];
  readonly claim?: readonly string[];
  readonly json?: boolean;
}

/** Lists what the server answers, and who may. With a caller, what they may reach. */
export async function routes({ json = false, ...options }: RoutesOptions, terminal: Terminal): Promise<void> {
  const workplace = await openWorkplace(options.backend);
  const listed = await listRoutes(workplace, readCaller(workplace, options));
  if (json) {
    for (const route of listed) terminal.print(JSON.stringify(route));
    return;
  }
  describe(listed, terminal);
  const { requests } = workplace.config.rates;
  const most = requests === "off" ? "" : ` Each address may ask ${requests.amount} times in ${requests.per / 1000} seconds.`;
  terminal.report(terminal.style("dim", `${count(listed.length, "route")}.${most} docs/reference/limits.md has all limits.`));
}

function readCaller(
  { backend: { model } }: Workplace,
  { as: user, anonymous, role, claim }: RoutesOptions,
): ActorFacts | undefined {
  if (anonymous === true) {
    if (user !== undefined || role !== undefined || claim !== undefined)
      throw new UsageError("--anonymous is whoever is not signed in: they have no id, roles or claims.");
    return nobodyFacts;
  }
  const had = { ...(role === undefined ? {} : { role }), ...(claim === undefined ? {} : { claim }) };
  if (user !== undefined) return actorFacts(readActor(model, { user, ...had }), model);
  if (role === undefined && claim === undefined) return undefined;
  const given = readRolesAndClaims(model, had);
  const facts = actorFacts({ id: "", ...given }, model);
  return { ...somebody(model, given.roles), claims: facts.claims };
}

const groups: readonly (readonly [title: string, kinds: readonly RouteKind[]])[] = [
  ["Tables", ["table", "batch"]],
  ["Functions", ["function"]],
  ["Signing in", ["sign-in"]],
  ["Pages of signing in", ["page"]],
  ["Others", ["other", "health"]],
  ["The app's own", ["own"]],
];

function describe(listed: readonly ListedRoute[], terminal: Terminal): void {
  for (const [title, kinds] of groups) {
    const own = listed.filter(({ kind }) => kinds.includes(kind));
    if (own.length === 0) continue;
    const lines = merge(own).map((route) => [
      route.methods.filter((method) => method !== "HEAD" || !route.methods.includes("GET")).join(", "),
      route.path,
      [route.reach === "by the row" ? "by the row" : route.who, ...route.limits].join("; at most "),
    ]);
    const widths = [0, 1].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
    terminal.print(terminal.style("bold", title));
    for (const line of lines)
      terminal.print(`  ${line.map((cell, column) => (column === 2 ? cell : cell.padEnd(widths[column] ?? 0))).join("  ")}`);
    terminal.print();
  }
}

/** A table and its rows answer alike: one line for both. */
function merge(listed: readonly ListedRoute[]): readonly ListedRoute[] {
  const merged = new Map<string, ListedRoute>();
  for (const route of listed) {
    const whole = route.path.replace(/\/<id>$/, "");
    const key = `${whole} ${route.request ?? route.methods.join()}`;
    const first = merged.get(key);
    merged.set(key, first === undefined ? route : { ...first, path: `${whole}[/<id>]` });
  }
  return [...merged.values()];
}
