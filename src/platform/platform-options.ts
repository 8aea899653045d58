import type { Backend } from "#application";
import { type Clock, createIdSource, type IdSource, type Logger, systemClock } from "#base";
import type { Config } from "#config";

export interface PlatformOptions {
  readonly backend: Backend;
  readonly config: Config;
  /** The file whose default export the back end is: threads for heavy jobs load it. A back end that has such jobs is refused without it. */
  readonly backendFile?: string;
  /** Made when it is not there. */
  readonly dataDirectory: string;
  readonly logger: Logger;
  /** Hears how far the filling of a new database is. */
  readonly report?: (progress: string) => void;
  readonly clock?: Clock;
  /**
   * Somebody develops here: mails go to the mailbox where the settings name no server, and whoever sits at this machine can look into it at
   * `/dev/mailbox`. Default false: then mails wait, and there is nothing at that path.
   */
  readonly development?: boolean;
  /** Nobody will want the data again once it is closed, as in tests: nothing is synced to the disk, and the database is not locked. Default false. */
  readonly isDisposable?: boolean;
  /** How often the event loop was held too long, where somebody watches it. */
  readonly loopStalls?: () => number;
}

/** What each step of putting together is given: the options with their defaults, and where it leaves what is to be closed. */
export interface Surroundings extends Required<Omit<PlatformOptions, "backendFile">> {
  readonly backendFile: string | undefined;
  readonly ids: IdSource;
  /** Everything that was opened, to be closed in the opposite order. */
  readonly opened: AsyncDisposableStack;
  /** Has a resource closed at the end, and gives it back. */
  readonly closedAtEnd: <T extends { close(): Promise<void> } | undefined>(resource: T) => T;
}

export function surround({
  backendFile,
  report = () => {},
  clock = systemClock,
  development = false,
  isDisposable = false,
  loopStalls = () => 0,
  ...given
}: PlatformOptions): Surroundings {
  const opened = new AsyncDisposableStack();
  return {
    ...given,
    backendFile,
    report,
    clock,
    development,
    isDisposable,
    loopStalls,
    ids: createIdSource(clock),
    opened,
    closedAtEnd: (resource) => opened.adopt(resource, (each) => each?.close()),
  };
}
