export type { Authenticate, Credentials } from "./access/authenticate.ts";
export { openRevocations, type Revocations } from "./access/revocations.ts";
export type { Grant } from "./access/token-format.ts";
export { loadTokenSecret, TokenSecretError } from "./access/token-secret.ts";
export { createTokens, type IssuedToken, type TokenOptions, type Tokens } from "./access/tokens.ts";
export { type Caller, system } from "./access/caller.ts";
export type {
  AggregateName,
  Comparison,
  Condition,
  CountRows,
  DeleteQuery,
  Embed,
  Field,
  FilterOperator,
  InputRow,
  InsertQuery,
  JsonStep,
  MutationQuery,
  MutationResult,
  OrderTerm,
  Path,
  ReadQuery,
  ReadResult,
  SelectItem,
  Selection,
  UpdateQuery,
  ValueForm,
  ValueIndex,
} from "./records/query.ts";
export type { RecordOptions, Records } from "./records/records.ts";
