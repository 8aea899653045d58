import { parseRowTag, type Precondition } from "#application";
import { AppError } from "#contract";
import type { Exchange } from "../../http/exchange.ts";
import { parseEntityTags } from "../headers/entity-tag.ts";

/**
 * What If-Match and If-None-Match (RFC 9110 section 13.1) ask of the row that a change is about. Both must never be passed over: where
 * they cannot be heeded the request is refused (`notSupported`), for the caller relies on them. `key` is the row's id, undefined where the
 * address names no single row; `canCreate` is of a PUT.
 */
export function rowPrecondition(exchange: Exchange, key: string | undefined, canCreate = false): Precondition | undefined {
  const match = exchange.header("if-match");
  const noneMatch = exchange.header("if-none-match");
  if (match === undefined && noneMatch === undefined) return undefined;
  if (match !== undefined && noneMatch !== undefined) {
    throw new AppError("notSupported", { message: "If-Match and If-None-Match exclude each other on a change." });
  }
  if (key === undefined) {
    throw new AppError("notSupported", {
      message: `${match === undefined ? "If-None-Match" : "If-Match"} is about one row, and this address names none.`,
      hint: "Use the row's own address, /rest/v1/<table>/<id>, or filter by its version: ?version=eq.3.",
    });
  }
  if (match !== undefined) return { key, form: "text", row: wantedStates(match) };
  if (!canCreate || noneMatch?.trim() !== "*") {
    throw new AppError("notSupported", {
      message: "On a change, If-None-Match takes '*' with PUT, which then only creates.",
      hint: "To change a row only as you last saw it, send its tag as If-Match.",
    });
  }
  return { key, form: "text", row: "absent" };
}

/** Of weak tags none is compared: If-Match knows strong ones alone. Tags that are not ours are those of no state. */
function wantedStates(header: string): Precondition["row"] {
  const tags = parseEntityTags("If-Match", header);
  if (tags === "*") return "there";
  if (tags.every(({ weak }) => weak)) {
    throw new AppError("preconditionFailed", {
      details: "If-Match compares strong tags: one that starts with W/ equals none.",
      hint: 'A proxy that compresses answers makes their tags weak. Send the row\'s version instead: If-Match: "3".',
    });
  }
  return tags.flatMap(({ weak, opaque }) => (weak ? [] : (parseRowTag(opaque) ?? [])));
}
