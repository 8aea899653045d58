/** Every code of a failure that is not one of the HTTP API's, and what it means. */
export const failureCodes = {
  usage: "The command line was not understood.",
  noBackend: "There is no back end in the folder.",
  notDone: "It cannot be done as things are; the message says why.",
  definition: "The definition has mistakes; the message lists all of them.",
  settings: "A setting is wrong or unknown.",
  tokenSecret: "The secret of the data directory cannot be used.",
  databaseRefused: "The database cannot be opened.",
  schemaDifference: "The database is not as the definition says.",
  migration: "A migration cannot be read or applied.",
  backup: "A backup cannot be made, read or restored.",
  portTaken: "The port is not free, or this user may not listen on it.",
  internal: "A defect: all that is known of it is in the message.",
} as const;

export type FailureCode = keyof typeof failureCodes;

/** What `--json` says of a command that could not do what it was asked. */
export interface Failure {
  /** One of `failureCodes`, or a code of the table of errors that callers over HTTP see. */
  readonly code: string;
  readonly message: string;
  /** What to do, where the message does not say it. */
  readonly hint: string | null;
}
