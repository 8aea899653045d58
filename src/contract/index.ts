export type { Actor, ActorImpersonator, ActorKey, ActorSession, KeyScope } from "./actor.ts";
export { type ErrorName, errorGroups, errorTable } from "./error-table.ts";
export {
  AppError,
  type AppErrorOptions,
  type ErrorBody,
  type FieldProblem,
  toAppError,
} from "./errors.ts";
export {
  decimalText,
  type Json,
  jsonDepthLimit,
  type Kind,
  type KindName,
  type KindOptions,
  kinds,
  type Parsed,
  type Scalar,
  type Stored,
} from "./kinds.ts";
