import { currentWork } from "#base";
import type { ProcessLogger } from "#server";

export interface GuardOptions {
  readonly logger: ProcessLogger;
  /** Whether a signal that ends the process is logged. By default it is. */
  readonly saysClosing?: boolean;
  /** Lets go of everything, within its own time limit. */
  readonly close: () => Promise<void>;
}

/**
 * How the process lives and ends. A promise that rejects unheard is logged, and the process goes on. An error that nobody can have
 * caught, such as one thrown in a timer, is logged too. Where it came from the back end's own code (a function, a route, a job), that
 * work fails with it, if it is still under way, and the process goes on. Else it is in a state that nobody knows, so it finishes
 * what is under way and ends with 1. SIGTERM and SIGINT end it cleanly; a second one at once.
 */
export function guardProcess({ logger, saysClosing = true, close }: GuardOptions): void {
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
  process.on("unhandledRejection", (reason) => {
    // Both are told in the context in which they came about.
    const work = currentWork();
    logger.error({ err: reason, in: work?.name }, "A promise was rejected and nobody was listening.");
    work?.fail(reason);
  });
  process.on("uncaughtException", (error) => {
    const work = currentWork();
    if (work === undefined) {
      logger.error({ err: error }, "An error was caught by nobody: the process ends.");
      void end(1);
      return;
    }
    logger.error({ err: error, in: work.name }, "An error was caught by nobody. What it belongs to fails; the process goes on.");
    work.fail(error);
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (saysClosing) logger.info({ signal }, "Closing.");
      void end(0);
    });
  }
}
