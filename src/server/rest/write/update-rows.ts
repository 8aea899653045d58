import type { InputRow } from "#application";
import type { Answer } from "../../http/exchange.ts";
import { changeRows } from "./change-rows.ts";
import { heeded } from "../headers/prefer.ts";
import { readRow } from "../body/request-body.ts";
import type { RestPorts, RestRequest } from "../rest-request.ts";

/** PATCH of `/rest/v1/<table>` and of `/rest/v1/<table>/<id>`. */
export function updateRows(ports: RestPorts, request: RestRequest): Promise<Answer> {
  return changeRows(ports, request, {
    heeded: heeded.update,
    async query(target, columns) {
      const { row, form } = await readRow(request.exchange, ports.limits);
      const set = columns === undefined ? row : pick(row, columns);
      return { type: "update", set, ...(form === "json" ? undefined : { setForm: form }), ...target };
    },
    rowsLeft: (affected) => affected,
  });
}

/** Only the named keys of the row. */
function pick(row: InputRow, columns: readonly string[]): InputRow {
  const picked: Record<string, unknown> = Object.create(null);
  for (const column of columns) {
    if (Object.hasOwn(row, column)) picked[column] = row[column];
  }
  return picked;
}
