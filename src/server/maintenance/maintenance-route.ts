import { createHash } from "node:crypto";
import {
  type ClientOrder,
  type ClientOrderOutcome,
  type JobOrder,
  type JobOrderOutcome,
  type MailOrder,
  type MailOrderOutcome,
  readClientOrder,
  readJobOrder,
  readMailOrder,
  readWebhookOrder,
  type Tokens,
  type WebhookOrder,
  type WebhookOrderOutcome,
  readUserOrder,
  type UserOrder,
  type UserOrderOutcome,
} from "#application";
import { AppError } from "#contract";
import { MigrationError, parseMigration } from "#database";
import type { Answer } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import { readImportOrder } from "./import-spool.ts";
import type { Maintenance, MaintenanceOrder, MaintenanceState } from "./maintenance.ts";

/** Where the command line reaches a server that runs. */
export const maintenancePath = "/admin/v1/maintenance";

/** What a permission must name: this very body, or the wish to know the state. */
export function orderName(body: string | undefined): string {
  return body === undefined ? "state" : createHash("sha256").update(body).digest("hex");
}

/** What carries out the orders that are done at once. */
export interface ObeyAtOnce {
  readonly jobs: (order: JobOrder) => Promise<JobOrderOutcome>;
  readonly webhooks: (order: WebhookOrder) => Promise<WebhookOrderOutcome>;
  readonly mail: (order: MailOrder) => Promise<MailOrderOutcome>;
  /** Undefined where nobody signs in. */
  readonly users: ((order: UserOrder) => Promise<UserOrderOutcome>) | undefined;
  /** Undefined where no app signs people in. */
  readonly clients: ((order: ClientOrder) => Promise<ClientOrderOutcome>) | undefined;
}

/**
 * Orders about the database, for whoever holds the secret of the data directory and nobody else: each carries a permission that is
 * good for exactly its body, for a minute and once; a body therefore has something of its own in it (`nonce`). POST begins one and answers 202; GET says how far it is.
 * An order about jobs, webhooks, mail, people or apps is done at once, whatever else is under way, and answered with 200.
 */
export function createMaintenanceRoute(maintenance: Maintenance, tokens: Tokens, obey: ObeyAtOnce): Route {
  // A permission is good for a minute, and for once: whoever overheard it cannot take back another migration with it.
  const used = new Set<string>();
  return {
    path: maintenancePath,
    methods: {
      async GET(exchange) {
        await tokens.checkMaintenance(orderName(undefined), exchange.header("authorization"));
        return answer(200, maintenance.state);
      },
      async POST(exchange) {
        const body = Buffer.from(await exchange.body()).toString("utf8");
        const name = orderName(body);
        await tokens.checkMaintenance(name, exchange.header("authorization"));
        if (used.has(name)) throw new AppError("invalidToken", { details: "This order was given before." });
        used.add(name);
        const order = readOrder(body);
        if (order.type === "jobs") return answer(200, stateOf(await obey.jobs(order)));
        if (order.type === "webhooks") return answer(200, stateOf(await obey.webhooks(order)));
        if (order.type === "mail") return answer(200, stateOf(await obey.mail(order)));
        if (order.type === "users") return answer(200, stateOf(await (obey.users?.(order) ?? nobodySignsIn)));
        if (order.type === "clients") return answer(200, stateOf(await (obey.clients?.(order) ?? noProvider)));
        maintenance.start(order);
        return answer(202, maintenance.state);
      },
    },
  };
}

/** Only a holder of the secret gets here; what they send may still be of another version. */
function readOrder(body: string): MaintenanceOrder | JobOrder | WebhookOrder | MailOrder | UserOrder | ClientOrder {
  let order: unknown;
  try {
    order = JSON.parse(body);
  } catch (cause) {
    throw new AppError("invalidBody", { cause });
  }
  const type = typeof order === "object" && order !== null && "type" in order ? order.type : undefined;
  if (type === "jobs") return readJobOrder(order as object);
  if (type === "webhooks") return readWebhookOrder(order as object);
  if (type === "mail") return readMailOrder(order as object);
  if (type === "users") return readUserOrder(order as object);
  if (type === "clients") return readClientOrder(order as object);
  if (type === "import") return readImportOrder(order as object);
  if (type !== "apply" && type !== "rollback" && type !== "purge")
    throw new AppError("invalidBody", {
      details: "An order is of type apply, rollback, purge, import, jobs, webhooks, mail, users or clients.",
    });
  const given = order as MaintenanceOrder;
  if (given.type !== "apply") return given;
  try {
    return {
      ...given,
      migration: { ...given.migration, migration: parseMigration(given.migration.migration, given.migration.id) },
    };
  } catch (error) {
    throw new AppError("invalidBody", {
      details: error instanceof MigrationError ? error.message : "The migration is none.",
      cause: error,
    });
  }
}

const nobodySignsIn: UserOrderOutcome = { refused: "This back end has no sign-in: `auth: true` of defineBackend." };

const noProvider: ClientOrderOutcome = {
  refused: "No app signs people in with accounts of this back end: `auth: { provider: true }` of defineBackend.",
};

function stateOf(
  outcome: JobOrderOutcome | WebhookOrderOutcome | MailOrderOutcome | UserOrderOutcome | ClientOrderOutcome,
): MaintenanceState {
  return "refused" in outcome ? { state: "failed", message: outcome.refused } : { state: "done", result: outcome };
}

function answer(status: number, body: unknown): Answer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}
