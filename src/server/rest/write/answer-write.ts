import type { MutationQuery, MutationResult } from "#application";
import type { Answer, Exchange } from "../../http/exchange.ts";
import { chooseMediaType, type MediaType } from "../headers/accept.ts";
import { renderRows, vary } from "../read/answer-rows.ts";
import { rowEntityTag } from "../headers/entity-tag.ts";
import { parsePrefer, type Preferences } from "../headers/prefer.ts";
import { renderRow } from "../read/read-row.ts";
import { rowPrecondition } from "./row-precondition.ts";

/** What the headers of every write say, read before anything is done. */
export interface WriteHeaders {
  readonly mediaType: MediaType;
  readonly preferences: Preferences;
  readonly returnsRows: boolean;
  /** The parts of the mutation that headers decide. */
  readonly options: Pick<MutationQuery, "dryRun" | "expectReturned" | "expectSingle" | "precondition" | "stripNulls" | "tagged">;
}

/** `key` and `canCreate`: see `rowPrecondition`. Throws `notAcceptable`, `invalidPreference` and what `rowPrecondition` throws. */
export function readWriteHeaders(exchange: Exchange, key: string | undefined, canCreate = false): WriteHeaders {
  const precondition = rowPrecondition(exchange, key, canCreate);
  const mediaType = chooseMediaType(exchange.header("accept"));
  const preferences = parsePrefer(exchange.header("prefer"));
  return {
    mediaType,
    preferences,
    returnsRows: preferences.return === "representation",
    options: {
      ...(precondition === undefined ? undefined : { precondition }),
      ...(preferences.return === "representation" ? { tagged: true } : undefined),
      // Strict is who takes no answer without the rows: as PostgreSQL, which refuses to return what may not be read.
      ...(preferences.return === "representation" && preferences.handling === "strict" ? { expectReturned: true } : undefined),
      ...(preferences.tx === "rollback" ? { dryRun: true } : undefined),
      ...(mediaType.single ? { expectSingle: true } : undefined),
      ...(mediaType.stripNulls ? { stripNulls: true } : undefined),
    },
  };
}

export interface WriteAnswer {
  readonly result: MutationResult;
  readonly headers: Readonly<Record<string, string>>;
  /** With rows, and without. */
  readonly statuses: readonly [withRows: number, without: number];
  /** Whether the address names one row, which is then answered as itself and not in an array. */
  readonly isRow: boolean;
}

export function answerWrite({ mediaType, returnsRows }: WriteHeaders, { result, headers, statuses, isRow }: WriteAnswer): Answer {
  const { json } = result;
  // A row may be written by somebody who may not read it: there is then nothing to show as one object.
  const isHidden = json === "[]" && (isRow || mediaType.single);
  if (!returnsRows || json === undefined || isHidden) {
    return { status: isHidden ? 204 : statuses[1], headers: { ...headers, vary }, body: undefined };
  }
  const body = isRow ? renderRow(json, mediaType) : renderRows(json, result.affected, mediaType);
  const tag = result.tag === undefined ? undefined : { etag: rowEntityTag(result.tag, body) };
  return { status: statuses[0], headers: { "content-type": mediaType.contentType, ...headers, ...tag, vary }, body };
}
