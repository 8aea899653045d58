import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { compareSchemas, inspectDatabase, schemaObjects } from "#database";
import type { Platform } from "#platform";
import type { DevMessage, DevOrder } from "./dev-messages.ts";
import { describeFailure } from "./failure.ts";
import type { AddressOptions } from "./start.ts";
import { serve } from "./serve.ts";
import { createTerminal } from "./terminal.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

// One version of a back end, in a process of its own: see dev.ts.
const [, , file = ".", options = "{}"] = process.argv;
const { port, host } = JSON.parse(options) as AddressOptions;

const files = new Set<string>();
registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith("file:") && !url.includes("/node_modules/")) files.add(fileURLToPath(url));
    return nextLoad(url, context);
  },
});

const send = (message: DevMessage): void => void process.send?.(message);
let platform: Platform | undefined;

process.on("disconnect", () => process.exit(1));
// Until it serves, nothing needs an orderly end; then the guards of `serve` take over.
const endAtOnce = (): never => process.exit(0);
process.on("SIGTERM", endAtOnce);
// An interrupt from the keyboard reaches the whole group: the supervisor decides.
process.on("SIGINT", () => {});

async function obey(order: DevOrder, workplace: Workplace): Promise<void> {
  if (order.type === "compare") {
    send({
      type: "compared",
      differences: platform === undefined ? [] : compareSchemas(order.schema, await inspectDatabase(platform.database)),
    });
    return;
  }
  process.off("SIGTERM", endAtOnce);
  try {
    platform = await serve(workplace, createTerminal());
    send({ type: "serving", url: platform.url ?? "" });
  } catch (error) {
    send({ type: "failed", files: [...files], message: describeFailure(error) });
  }
}

try {
  const workplace = await openWorkplace(file, { port, host });
  process.on("message", (order: DevOrder) => void obey(order, workplace));
  send({ type: "loaded", files: [...files], schema: schemaObjects(workplace.backend.model) });
} catch (error) {
  send({ type: "failed", files: [...files], message: describeFailure(error) });
}
