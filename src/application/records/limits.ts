/** Bounds on what one query may ask, whoever asks and by whichever protocol. Each refusal names its bound. */
export interface RecordLimits {
  /** Rows of one answer and of one embedded list; a larger limit is cut to it. */
  readonly maxRows: number;
  /** UTF-16 code units of an answer's JSON. */
  readonly maxAnswerLength: number;
  /** How deep embeds and relation conditions may nest. */
  readonly maxDepth: number;
  /** Embeds and relation conditions in one query: each is a subquery. */
  readonly maxRelations: number;
  /** Conditions in one query, counted one by one; members of `any` and `all` count too. */
  readonly maxConditions: number;
  /** Regular expressions in one query. */
  readonly maxPatterns: number;
  /** Full-text searches in one query. */
  readonly maxSearches: number;
  /** Members of one list. */
  readonly maxListLength: number;
  /** Rows of one insert. */
  readonly maxInsertRows: number;
  /** Milliseconds that the transaction of an insert may stay open whose rows come as a stream. */
  readonly maxBulkTime: number;
}

export const defaultRecordLimits: RecordLimits = {
  maxRows: 1000,
  maxAnswerLength: 16 * 1024 * 1024,
  maxDepth: 6,
  maxRelations: 40,
  maxConditions: 200,
  maxPatterns: 5,
  maxSearches: 5,
  maxListLength: 5000,
  maxInsertRows: 100_000,
  maxBulkTime: 30_000,
};
