import type { ProcessLogger } from "#server";

export interface GuardOptions {
  readonly logger: ProcessLogger;
  /** Lets go of everything, within its own time limit. */
  readonly close: () => Promise<void>;
}

/**
 * How the process lives and ends. A promise of somebody's function that rejects unheard is logged, and the process goes on: its
 * request has failed or was answered already. An error that nobody can have caught leaves the process in a state that nobody
 * knows, so it finishes what is under way and ends with 1. SIGTERM and SIGINT end it cleanly; a second one at once.
 */
export function guardProcess({ logger, close }: GuardOptions): void {
  let ending = false;
  const end = async (exitCode: number): Promise<void> => {
    if (ending) process.exit(1);
    ending = true;
    try {
      await close();
    } catch (error) {
      logger.error({ err: error }, "Closing failed.");
      exitCode = 1;
    }
    logger.flush();
    process.exit(exitCode);
  };
  process.on("unhandledRejection", (reason) => logger.error({ err: reason }, "A promise was rejected and nobody was listening."));
  process.on("uncaughtException", (error) => {
    logger.error({ err: error }, "An error was caught by nobody: the process ends.");
    void end(1);
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      logger.info({ signal }, "Closing.");
      void end(0);
    });
  }
}
