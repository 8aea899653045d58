import { AppError } from "#contract";

/** Limit and offset while they are being put together. */
interface Bounds {
  limit: number | undefined;
  offset: number | undefined;
}

const RANGE = /^(\d{1,15})-(\d{0,15})$/;

/**
 * Narrows limit and offset to the rows that a `Range: 0-19` header asks for. Other forms, byte ranges among them, are not ours
 * and are passed over, as RFC 9110 section 14.2 has it.
 */
export function applyRange(draft: Bounds, header: string): void {
  const match = RANGE.exec(header);
  if (match === null || draft.limit === 0) return;
  const first = Number(match[1]);
  const last = match[2] === "" ? Number.POSITIVE_INFINITY : Number(match[2]);
  if (last < first) {
    throw new AppError("invalidRange", {
      details: "The lower boundary must be lower than or equal to the upper boundary in the Range header.",
    });
  }
  const ownFirst = draft.offset ?? 0;
  const ownLast = draft.limit === undefined ? Number.POSITIVE_INFINITY : ownFirst + draft.limit - 1;
  const from = Math.max(first, ownFirst);
  const to = Math.min(last, ownLast);
  if (to < from) throw new AppError("invalidRange", { details: "The Range header and limit and offset have no row in common." });
  if (from > 0) draft.offset = from;
  if (to !== Number.POSITIVE_INFINITY) draft.limit = to - from + 1;
}

export interface RowRange {
  /** Rows skipped before the first one answered. */
  readonly offset: number;
  /** Rows answered. */
  readonly rows: number;
  /** Rows without limit and offset, if they were counted. */
  readonly total: number | undefined;
}

/** `0-19/100`; `*` for what is empty or not known. */
export function contentRange({ offset, rows, total }: RowRange): string {
  const range = rows === 0 || total === 0 ? "*" : `${offset}-${offset + rows - 1}`;
  return `${range}/${total ?? "*"}`;
}

/** 206 where the count says that there are more rows than these; `invalidRange` where the page starts behind the last row. */
export function rangeStatus({ offset, rows, total }: RowRange): 200 | 206 {
  if (total === undefined) return 200;
  if (offset > total) {
    throw new AppError("invalidRange", {
      details: `An offset of ${offset} was requested, but there are only ${total} rows.`,
      headers: { "content-range": `*/${total}` },
    });
  }
  return rows < total ? 206 : 200;
}
