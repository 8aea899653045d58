import { AppError } from "#contract";
import type { Answer } from "../../http/exchange.ts";
import { type Change, changeRows } from "./change-rows.ts";
import { heeded } from "../headers/prefer.ts";
import type { RestPorts, RestRequest } from "../rest-request.ts";

const deletion: Change = {
  heeded: heeded.delete,
  query(target, columns) {
    if (columns !== undefined) throw new AppError("invalidQuery", { message: "A delete takes no columns." });
    return { type: "delete", ...target };
  },
  rowsLeft: () => 0,
};

/** DELETE of `/rest/v1/<table>` and of `/rest/v1/<table>/<id>`. */
export function deleteRows(ports: RestPorts, request: RestRequest): Promise<Answer> {
  return changeRows(ports, request, deletion);
}
