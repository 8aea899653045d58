/** What one measurement asks of the load generator, which is a process of its own. */
export interface LoadOrder {
  readonly port: number;
  /** Whole requests as they cross the wire; sent in turn, again and again. */
  readonly requests: readonly string[];
  readonly connections: number;
  readonly milliseconds: number;
  /** Another status that is as good as 2xx here. */
  readonly alsoGood?: number;
}

/** What it saw. */
export interface LoadResult {
  /** Answers of 2xx that came in time. */
  readonly answers: number;
  readonly milliseconds: number;
  /** Milliseconds from a request's last byte out to its answer's last byte in. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** The first answer that was no 2xx, if there was one: then nothing here is worth anything. */
  readonly failure: string | undefined;
}
