import type { Clock } from "#base";
import type { Model } from "../../model/model.ts";
import { quoteName } from "../dialect/literals.ts";
import type { ExaminedDatabase } from "./examined-database.ts";
import { type Finding, ok, problem } from "./finding.ts";

/** What two machines' clocks may differ by, in milliseconds. */
const TOLERANCE = 60_000;
/** This file was written later: a clock before it is wrong. */
const EARLIEST = Date.UTC(2026, 0, 1);

/** Tokens, retention and histories stand on the clock: it must not be behind what was already written. */
export function examineClock(database: ExaminedDatabase, model: Model, clock: Clock): readonly Finding[] {
  const now = clock.now();
  const action =
    "Set the machine's clock, and let it be kept right (NTP). Rows with a time to come keep it until they are changed.";
  if (now < EARLIEST)
    return [problem("clock", `The machine's clock says ${new Date(now).toISOString()}, which is long past.`, action)];
  const limit = new Date(now + TOLERANCE).toISOString();
  for (const table of model.tables.values()) {
    // The newest row alone: nothing else has an index by time.
    const [created, updated] =
      database.get(`SELECT created, updated FROM ${quoteName(table.name)} ORDER BY ${quoteName(table.rowKey)} DESC LIMIT 1`) ??
      [];
    const latest = [created, updated].map(String).sort().at(-1) ?? "";
    if (created !== undefined && latest > limit) {
      return [
        problem(
          "clock",
          `The newest row of '${table.name}' is of ${latest}, and the clock says ${new Date(now).toISOString()}: it is behind, or was ahead.`,
          action,
        ),
      ];
    }
  }
  return [ok("clock", "The clock is not behind what was written.")];
}
