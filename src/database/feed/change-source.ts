/** A connection whose changes can be captured. */
export interface ChangeSource {
  /** Captures what is changed from now on: in that table, or in all. Only tables with a primary key are looked at. */
  startSession(table?: string): ChangeSession;
}

/** Changes that are being captured. It must be closed: until then every change costs a little more. */
export interface ChangeSession {
  /**
   * The net changes since it was started, in the format that `readChangeset` reads; empty where there are none. What was rolled back is
   * not among them.
   *
   * @throws Error where a table was changed so that its rows before and after cannot be compared.
   */
  changeset(): Uint8Array;
  close(): void;
}
