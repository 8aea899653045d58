import type { Clock, IdSource } from "#base";
import type { Actor, KeyScope } from "#contract";
import {
  type ActorFacts,
  actorFacts,
  type CompileContext,
  type Connection,
  createAliases,
  type Dialect,
  type Model,
  nobodyFacts,
  type QueryPlan,
} from "#database";
import { type Caller, system } from "../access/caller.ts";
import { scopeOf } from "../access/key-scope.ts";
import type { SecretFields } from "../secrets/secret-fields.ts";
import type { AccessView } from "./access-view.ts";
import type { RecordLimits } from "./limits.ts";
import { readMoment } from "./past.ts";
import type { PlanCache } from "./plan-cache.ts";
import type { Seal } from "./seal.ts";

/** What every read and write works with, from the start of the process to its end. */
export interface RecordServices {
  readonly model: Model;
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly limits: RecordLimits;
  readonly cache: PlanCache;
  /** Encrypts secret fields. */
  readonly secrets: SecretFields | undefined;
  /** Closes cursors. */
  readonly seal: Seal;
  /** What the database means to do for a statement. */
  readonly explain: (connection: Connection, statement: string) => Promise<QueryPlan>;
  /** The view of the data that these facts give, as far as the key's scope has it, and the short name of all callers that share it. */
  readonly viewOf: (
    caller: ActorFacts | typeof system,
    scope?: KeyScope,
  ) => { readonly view: AccessView; readonly variant: string };
}

/** One read or write under way: on which connection, for whom, at which moment. */
export interface Session {
  readonly services: RecordServices;
  readonly connection: Connection;
  readonly caller: Caller;
  /** What is known of the caller, in stored form; nobody for the system. */
  readonly facts: ActorFacts;
  readonly view: AccessView;
  readonly variant: string;
  /** The moment of the request, as a stored timestamp: the same for all that it does. */
  readonly now: string;
  /** The moment that a read of the past is about, as a stored timestamp. */
  readonly asOf: string | undefined;
}

/** For compiling one statement. */
export function compileContext({ services, view, asOf }: Pick<Session, "services" | "view" | "asOf">): CompileContext {
  const { model, dialect } = services;
  const past = asOf === undefined ? {} : { past: true };
  // Whom rules restrict, time restricts too; the back end's own code may take as long as it wants.
  return { model, dialect, rows: new Map(), alias: createAliases("r"), guarded: view.restricted, ...past };
}

/** The same session, looking at the past. */
export function inThePast(session: Session, asOf: string): Session {
  return new OpenSession({ ...session, asOf: readMoment(asOf, session.now) });
}

export function openSession(services: RecordServices, connection: Connection, caller: Caller): Session {
  const facts = factsOf(services.model, caller);
  const { view, variant } = services.viewOf(caller === system ? system : facts, scopeOf(caller));
  return new OpenSession({ services, connection, caller, facts, view, variant, asOf: undefined });
}

class OpenSession implements Session {
  readonly services: RecordServices;
  readonly connection: Connection;
  readonly caller: Caller;
  readonly facts: ActorFacts;
  readonly view: AccessView;
  readonly variant: string;
  readonly asOf: string | undefined;
  #now: string | undefined;

  constructor({ services, connection, caller, facts, view, variant, asOf }: Omit<Session, "now">) {
    this.services = services;
    this.connection = connection;
    this.caller = caller;
    this.facts = facts;
    this.view = view;
    this.variant = variant;
    this.asOf = asOf;
  }

  // Few reads ask for the time, and telling it costs a tenth of the smallest of them.
  get now(): string {
    this.#now ??= new Date(this.services.clock.now()).toISOString();
    return this.#now;
  }
}

const known = new WeakMap<Actor, ActorFacts>();

/** An actor is the same object for as long as its proof is remembered; so are its facts. */
export function factsOf(model: Model, caller: Caller): ActorFacts {
  if (caller === null || caller === system) return nobodyFacts;
  let facts = known.get(caller);
  if (facts === undefined) {
    facts = actorFacts(caller, model);
    known.set(caller, facts);
  }
  return facts;
}
