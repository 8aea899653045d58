/** A migration that cannot be planned, read or run. The message says what to do; it is for whoever runs it. */
export class MigrationError extends Error {
  override readonly name: string = "MigrationError";
}
