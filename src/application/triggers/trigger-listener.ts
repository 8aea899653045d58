import { createHash } from "node:crypto";
import { createPacer } from "#base";
import type { BeforeCommitListener } from "#database";
import { columnJson, type RowEvent, rowEvents, selects, tellChange } from "../changes/row-event.ts";
import type { EnqueueOwn } from "../jobs/enqueue.ts";
import type { TriggerDefinition } from "./build-triggers.ts";

/** Hands over the jobs of triggers, in the transaction whose changes they follow. */
export class TriggerListener implements BeforeCommitListener {
  readonly #byTable: ReadonlyMap<string, readonly TriggerDefinition[]>;
  readonly #enqueue: EnqueueOwn;

  constructor(triggers: readonly TriggerDefinition[], enqueue: EnqueueOwn) {
    this.#byTable = Map.groupBy(triggers, ({ table }) => table.name);
    this.#enqueue = enqueue;
  }

  get tables(): Iterable<string> {
    return this.#byTable.keys();
  }

  readonly beforeCommit: BeforeCommitListener["beforeCommit"] = async (changes, connection, { moment }) => {
    // Others are served in between: an import may bring a hundred thousand rows.
    const pace = createPacer();
    for (const change of changes) {
      for (const trigger of this.#byTable.get(change.table) ?? []) {
        for (const event of rowEvents(trigger.table, change)) {
          if (!selects(trigger, event, moment)) continue;
          await this.#enqueue(connection, {
            name: trigger.job,
            input: { ...tellChange(trigger, event, moment) },
            isUnchecked: true,
            delay: trigger.delay,
            ...uniqueOf(trigger, event),
          });
        }
      }
      await pace();
    }
  };
}

/** One job for all rows of one value; of null each row has its own. */
function uniqueOf(
  { name, uniqueBy }: TriggerDefinition,
  { row }: RowEvent,
): { readonly unique?: string; readonly follows?: boolean } {
  if (uniqueBy === undefined) return {};
  const value = columnJson(uniqueBy, row, "");
  if (value === null) return {};
  const text = JSON.stringify(value);
  // A unique key has at most 255 characters, all of them well formed.
  const key = text.length <= 100 && text.isWellFormed() ? text : createHash("sha256").update(text).digest("base64url");
  // What runs may have read the row before this change.
  return { unique: `${name} ${key}`, follows: true };
}
