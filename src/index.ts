/**
 * Chassis: the back end of a website from one typed definition. Write a schema, then the rules and functions over it:
 *
 * ```ts
 * const schema = defineSchema({ posts: { author: ref("users"), title: text().max(200) }, users: { name: text() } });
 * export default defineBackend(schema, {
 *   rules: {
 *     posts: ({ row, me }) => ({ read: everyone, write: row.author.eq(me.id) }),
 *     users: ({ row, me }) => ({ read: signedIn, write: row.id.eq(me.id) }),
 *   },
 * });
 * ```
 */
export {
  type AnySchema,
  and,
  type Backend,
  type BackendFunction,
  bool,
  bytes,
  type Db,
  DefinitionError,
  type DefinitionProblem,
  date,
  decimal,
  defineBackend,
  defineSchema,
  email,
  enums,
  everyone,
  type FetchHandler,
  type FunctionContext,
  functionsOf,
  type Insert,
  id,
  integer,
  json,
  type KyselyDatabase,
  mutation,
  nobody,
  not,
  now,
  type OrderBy,
  or,
  query,
  type Relations,
  type RouteContext,
  type Row,
  type RuleCondition as Condition,
  type RulesInput as Rules,
  type RuleScope,
  real,
  ref,
  type Schema,
  type SeedContext,
  type SystemDb,
  secret,
  signedIn,
  type TableName,
  table,
  text,
  timestamp,
  today,
  type Update,
  url,
  type Where,
} from "#application";
export { type Actor, AppError, type ErrorName, type Json } from "#contract";
