/**
 * The typed client of a back end, for browsers, Node, Bun and Deno. It has no dependency, and takes nothing of the back end but its types:
 *
 * ```ts
 * import { createClient } from "chassis/client";
 * import type backend from "../backend.ts";
 *
 * export const api = createClient<typeof backend>("https://example.org");
 * ```
 */
export type { AuthClient, CurrentSession, FactorNeeded, SignedIn, SignInOutcome } from "./auth-types.ts";
export type { Call } from "./call.ts";
export type { CallOptions, ClientOptions, Fetch, TokenStore, WriteOptions } from "./call-options.ts";
export { ChassisError } from "./chassis-error.ts";
export type { AnyBackend, BatchResults, Client, TableClient } from "./client-types.ts";
export { createClient } from "./create-client.ts";
export type { ClientErrorName, ErrorCode } from "./error-names.ts";
