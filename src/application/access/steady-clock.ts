import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Logger } from "#base";

/**
 * A clock for what expires: its time never goes back, not when the machine's clock is set back and not over a restart, so that
 * what has expired stays so. Where the machine's clock is behind the latest time seen, it goes on from there at the pace of the
 * monotonic clock; once the machine's clock has caught up, it is the machine's again.
 */
export interface SteadyClock extends Clock {
  /** Makes sure that no later start has an earlier time than this: for whoever refuses something because it has expired. */
  readonly remember: (time: number) => void;
  /** Writes down the time and lets go. */
  close(): Promise<void>;
}

export interface SteadyClockOptions {
  /** The latest time is kept there, in a file of its own: the command line signs tokens without the database. */
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const FILE = "token-clock";

/** Milliseconds between two times that are written down: what may pass unseen in a crash. */
const INTERVAL = 60_000;

/** A clock that was set back by more than this is worth a line in the log, in milliseconds. */
const NOTEWORTHY = 10_000;

/** The latest time that a server on this data directory has seen; 0 where none has. Milliseconds since 1970. */
export async function latestTime(directory: string): Promise<number> {
  let text: string;
  try {
    text = await readFile(join(directory, FILE), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
  const time = Date.parse(text.trim());
  // A file that a dying disk left empty must not keep the server from starting: it is then the machine's clock alone.
  return Number.isNaN(time) ? 0 : time;
}

/** The same time for a command that runs for a moment and writes nothing down. */
export async function steadyTime(directory: string, clock: Clock): Promise<Clock> {
  return steady(clock, await latestTime(directory));
}

export async function openSteadyClock({ directory, clock, logger }: SteadyClockOptions): Promise<SteadyClock> {
  const path = join(directory, FILE);
  let written = await latestTime(directory);
  const warn = (behind: number): void =>
    logger.warn(
      { behind, file: path },
      "The machine's clock is behind the latest time that was seen. Tokens are checked against that, so that expired ones stay so. " +
        "Where that time was wrong, stop the server, delete the file and start again.",
    );
  const behind = written - clock.now();
  if (behind > NOTEWORTHY) warn(behind);
  const own = steady(clock, written, warn);
  let writing: Promise<void> | undefined;
  let wanted = 0;

  const write = async (): Promise<void> => {
    while (wanted > written) {
      const time = wanted;
      try {
        await writeFile(`${path}.new`, `${new Date(time).toISOString()}\n`, { mode: 0o600 });
        await rename(`${path}.new`, path);
      } catch (error) {
        // A full disk, say. The next time is tried again.
        logger.warn({ err: error, file: path }, "The time could not be written down.");
        return;
      }
      written = time;
    }
  };
  const remember = (time: number): void => {
    if (time <= written) return;
    wanted = Math.max(wanted, time);
    writing ??= write().finally(() => (writing = undefined));
  };
  const timer = setInterval(() => remember(own.now()), INTERVAL).unref();
  remember(own.now());
  return {
    ...own,
    remember,
    async close() {
      clearInterval(timer);
      remember(own.now());
      await writing;
    },
  };
}

function steady(clock: Clock, start: number, onBehind: (milliseconds: number) => void = () => {}): Clock {
  let latest = start;
  let seen = clock.monotonic();
  let isBehind = start - clock.now() > NOTEWORTHY;
  return {
    monotonic: () => clock.monotonic(),
    now() {
      const wall = clock.now();
      const monotonic = clock.monotonic();
      const expected = latest + (monotonic - seen);
      seen = monotonic;
      const wasBehind = isBehind;
      isBehind = latest - wall > NOTEWORTHY;
      if (isBehind && !wasBehind) onBehind(Math.round(latest - wall));
      latest = wall >= latest ? wall : expected;
      return Math.floor(latest);
    },
  };
}
