import { rotateSecret } from "#application";
import { systemClock } from "#base";
import { CommandError } from "../command-line/command-error.ts";
import { printResult, type Terminal } from "../command-line/terminal.ts";
import { findServer, openWorkplace } from "../backend/workplace.ts";
import { readDuration } from "../command-line/values.ts";

export interface RotateOptions {
  readonly backend: string;
  /** Left out: as long as tokens are good by the settings. */
  readonly keep?: string;
}

/**
 * Makes another secret. New tokens are signed by it, those of the old one are good for a time yet, and nobody has to sign in anew. Not beside a server, which would go on
 * with the old one and know no token of the new.
 */
export async function rotate({ backend: path, keep }: RotateOptions, terminal: Terminal): Promise<void> {
  const workplace = await openWorkplace(path);
  const server = findServer(workplace);
  if (server !== undefined)
    throw new CommandError(`A server runs (process ${server.pid}). Stop it, rotate, and start it again: that takes a moment.`);
  const kept = keep === undefined ? workplace.config.tokenLifetime : readDuration("--keep", keep, { zero: true });
  const until = systemClock.now() + kept;
  await rotateSecret(workplace.dataDirectory, until);
  printResult(
    terminal,
    { formerGoodUntil: kept === 0 ? null : new Date(until).toISOString() },
    kept === 0
      ? "There is a new secret. Tokens of the old one are not good any more."
      : `There is a new secret. Tokens of the old one are good until ${new Date(until).toISOString()}, or until they end.`,
  );
}
