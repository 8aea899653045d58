import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Backend, ownRoutes, type TableOperation } from "#application";
import { silentLogger, systemClock } from "#base";
import type { Config } from "#config";
import type { ActorFacts, Expression, Table } from "#database";
import { createPlatform } from "#platform";
import { listRestPaths, type MountedPath, pathOf, type RowRequest } from "#server";
import type { Workplace } from "../backend/workplace.ts";
import { type Callers, callersOf, describeCallers, type Judge, judgeFunction, judgeTable, type Reach } from "./who-may.ts";

/** What answers there. */
export type RouteKind = "table" | "function" | "batch" | "sign-in" | "page" | "health" | "own" | "other";

/** One path, and one thing that can be asked of it. */
export interface ListedRoute {
  /** As people ask for it: below the path of the base URL, where that has one. */
  readonly path: string;
  readonly methods: readonly string[];
  readonly kind: RouteKind;
  /** The table or the function. */
  readonly name: string | null;
  /** What the rules are asked: read, create, update, delete, upsert, history or restore. */
  readonly request: RowRequest | "call" | null;
  /** In words. */
  readonly who: string;
  /** Null where no rule decides, but what answers there. */
  readonly callers: Callers | null;
  /** How far the caller comes that was asked for. */
  readonly reach: Reach | null;
  /** Limits of its own: "5 in 1h". */
  readonly limits: readonly string[];
}

const needed: Readonly<Record<Exclude<RowRequest, "restore">, readonly TableOperation[]>> = {
  read: ["read"],
  create: ["create"],
  update: ["update"],
  delete: ["delete"],
  upsert: ["create", "update"],
  history: ["history"],
};

/**
 * Every path that the server of a back end answers, from the tables that mount them: the server is put together in a temporary folder, on
 * an empty database, and serves nobody. With `actor` what they reach alone.
 */
export async function listRoutes(workplace: Workplace, actor: ActorFacts | undefined): Promise<readonly ListedRoute[]> {
  const { backend } = workplace;
  const { mounted, own } = await putTogether(workplace);
  const data = await dataRoutes(backend, actor);
  const others = mounted.map((path) => (path.path === "/rest/v1" ? batch : mountedRoute(path)));
  const below = pathOf(workplace.config.baseUrl);
  const reached = [...data, ...others, ...own].filter(({ reach }) => reach !== "no");
  return reached.map((route) => ({ ...route, path: below + route.path }));
}

const silent = { callers: null, reach: null, limits: [], name: null, request: null } as const;

const batch: ListedRoute = {
  ...silent,
  path: "/rest/v1",
  methods: ["POST"],
  kind: "batch",
  who: "each operation for itself",
};

async function putTogether({
  backend,
  config,
  file,
}: Workplace): Promise<{ readonly mounted: readonly MountedPath[]; readonly own: readonly ListedRoute[] }> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "chassis-routes-"));
  const { backupTo: _, ...settings } = config;
  const quiet: Config = { ...settings, backupTo: undefined, jobs: "off" };
  try {
    const platform = await createPlatform({
      backend: { ...backend, seed: undefined },
      backendFile: file,
      config: quiet,
      dataDirectory,
      logger: silentLogger,
    });
    try {
      const own = platform.routes === undefined ? [] : listOwn(ownRoutes(platform.routes), backend);
      return { mounted: platform.mounted, own };
    } finally {
      await platform.close();
    }
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

/** An app that does not tell its routes is one line: it answers whatever is nobody else's. */
function listOwn(listed: ReturnType<typeof ownRoutes>, { limits }: Backend): readonly ListedRoute[] {
  const routes = listed ?? [{ method: "ALL", path: "/*" }];
  return routes.map(({ method, path }) => ({
    ...silent,
    path,
    methods: [method === "ALL" ? "*" : method],
    kind: "own",
    who: "as it decides",
    limits: limits.routes
      .filter((limit) => limit.method === undefined || limit.method === method || method === "ALL")
      .filter((limit) => listed === undefined || path.startsWith(`/${limit.segments.join("/")}`))
      .map(({ name }) => `${limitOf(limits, name)}${listed === undefined ? ` (${name.replace("routes.", "")})` : ""}`),
  }));
}

function mountedRoute({ path, methods = ["*"] }: MountedPath): ListedRoute {
  const shown = methods.includes("*") && !path.endsWith("*") ? `${path}/*` : path;
  const is = (prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`);
  const kind = is("/auth/v1") ? "sign-in" : is("/auth") ? "page" : is("/health") ? "health" : "other";
  return { ...silent, path: shown, methods, kind, who: kind === "health" ? "everyone" : "as it decides" };
}

async function dataRoutes(backend: Backend, actor: ActorFacts | undefined): Promise<readonly ListedRoute[]> {
  const { model, functions, limits } = backend;
  const now = new Date(systemClock.now()).toISOString();
  const rows = new Map<string, ListedRoute>();
  for (const each of listRestPaths({ tables: model.tables.keys(), functions })) {
    const request = "table" in each ? each.request : "call";
    const name = "table" in each ? each.table : each.function;
    const key = `${each.path} ${request}`;
    const known = rows.get(key);
    if (known !== undefined) {
      rows.set(key, { ...known, methods: [...known.methods, each.method] });
      continue;
    }
    const asked = "table" in each ? askTable(backend, each) : askFunction(functions.get(name)?.access, now);
    if (asked === undefined) continue;
    const callers = await callersOf(model, asked.judge, asked.conditions);
    const limit = limitOf(limits, `${"table" in each ? "tables" : "functions"}.${name}`);
    rows.set(key, {
      path: each.path,
      methods: [each.method],
      kind: "table" in each ? "table" : "function",
      name,
      request,
      who: describeCallers(callers),
      callers,
      reach: actor === undefined ? null : await asked.judge(actor),
      limits: limit === undefined || request === "read" || request === "history" ? [] : [limit],
    });
  }
  return [...rows.values()];
}

interface Asked {
  readonly judge: Judge;
  readonly conditions: readonly (Expression | undefined)[];
}

function askTable(
  backend: Backend,
  { table: name, request }: { readonly table: string; readonly request: RowRequest },
): Asked | undefined {
  const table = backend.model.tables.get(name);
  if (table === undefined || (request === "history" && table.history === undefined)) return undefined;
  const operations = request === "restore" ? restoring(table) : needed[request];
  if (operations === undefined) return undefined;
  const own = backend.rules.get(name);
  const conditions = operations.map((operation) => (operation === "update" ? own?.update?.expression : own?.[operation]));
  return { judge: judgeTable(backend, table, operations), conditions };
}

/** What was deleted comes back for who may delete it, an old version for who may change it. */
function restoring({ softDelete, history }: Table): readonly TableOperation[] | undefined {
  if (softDelete !== undefined) return ["delete"];
  return history === undefined ? undefined : ["update"];
}

function askFunction(access: Expression | undefined, now: string): Asked | undefined {
  return access === undefined ? undefined : { judge: judgeFunction(access, now), conditions: [access] };
}

function limitOf({ rates }: Backend["limits"], name: string): string | undefined {
  const rate = rates.get(name);
  return rate === undefined ? undefined : `${rate.amount} in ${duration(rate.per)}`;
}

function duration(milliseconds: number): string {
  for (const [unit, length] of [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
  ] as const)
    if (milliseconds % length === 0) return `${milliseconds / length}${unit}`;
  return `${milliseconds / 1000}s`;
}
