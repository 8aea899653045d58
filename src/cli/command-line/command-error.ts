/** A command that cannot do what it was asked, in words for the person who asked. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
}

/** A command line that was read, and means nothing: values of the wrong form, options that exclude each other. It ends with 2. */
export class UsageError extends CommandError {
  override readonly name = "UsageError";
}

/** Somebody pressed Ctrl-C at a question: what was begun is taken back, and the process ends as by the signal. */
export class InterruptedError extends CommandError {
  override readonly name = "InterruptedError";
}

/** A folder without a back end. Who knows the command adds how it is given another. */
export class BackendNotFoundError extends CommandError {
  override readonly name = "BackendNotFoundError";

  constructor(folder: string) {
    super(`There is no backend.ts in ${folder}.`);
  }
}

/** A back end that cannot be loaded: every mistake with its file, line and column. `cause` is what was thrown. */
export class UnloadableBackendError extends CommandError {
  override readonly name = "UnloadableBackendError";
}
