import type { Answer, Exchange } from "./exchange.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Target } from "./target.ts";

/** An exchange as the server itself holds it, before it is known which route it goes to. */
export interface Incoming extends Exchange {
  /** Throws `invalidUrl` and `urlTooLong` when it is first asked for. So does `segments`. */
  readonly target: Target;
  /** Throws `misdirected` where this server does not answer for the host that was asked for. */
  checkHost(): void;
  /** What was told of it on its way. */
  readonly told: object;
  /** For an app's own routes: the address in its one spelling, the body as a stream. Takes the place of `body()`. */
  toRequest(): Request;
}

export type Handler = (exchange: Exchange) => Answer | Promise<Answer>;

/** Answers whatever comes: never rejects. */
export type Respond = (incoming: Incoming) => Promise<Outgoing>;
