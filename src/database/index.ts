export { type Connection, ConstraintError, type Database, type ResultRow, type TransactionOptions } from "./driver.ts";
export * as expressions from "./expression/expression.ts";
export type { Expression, RowReference } from "./expression/expression.ts";
export type { OperatorName } from "./expression/operators.ts";
export { type Column, columnOf, type Default, type Index, type Junction, type Limits, type Model, type Relation, type Table, tableOf, type ValueType } from "./model/model.ts";
