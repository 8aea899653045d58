import type { TableReach } from "#application";
import { filterParameters } from "./filter-parameters.ts";
import type { Content } from "./openapi.ts";
import { orderParameter, selectParameter, sharedParameter } from "./shared-parameters.ts";

/** The parameters of a read, as the form that stands in the body of one by POST. */
export function queryContent(reach: TableReach): Content {
  const parameters = [
    selectParameter(reach),
    ...filterParameters(reach),
    ...(["And", "Or"] as const).map(sharedParameter),
    orderParameter(reach),
    ...(["Limit", "Offset", "After", ...pastOf(reach)] as const).map(sharedParameter),
  ];
  const key = reach.table.key.name;
  return {
    "application/x-www-form-urlencoded": {
      schema: {
        type: "object",
        properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
      },
      examples: { byId: { summary: "Rows by their ids", value: { [key]: "in.()", limit: 20 } } },
    },
  };
}

function pastOf({ table, readsPast, deletes }: TableReach): readonly ("AsOf" | "DeletedRows")[] {
  return [
    ...(readsPast ? (["AsOf"] as const) : []),
    ...(table.softDelete !== undefined && deletes ? (["DeletedRows"] as const) : []),
  ];
}
