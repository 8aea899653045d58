import { serve } from "./serve.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { openWorkplace } from "../backend/workplace.ts";

export interface AddressOptions {
  readonly port?: string;
  readonly host?: string;
}

export interface StartOptions extends AddressOptions {
  /** Applies the migrations that wait before anybody is served. */
  readonly migrate?: boolean;
}

export async function start(path: string, { port, host, migrate = false }: StartOptions, terminal: Terminal): Promise<void> {
  const workplace = await openWorkplace(path, { port, host });
  if (migrate) await (await import("../migrate/migrate-at-start.ts")).migrateAtStart(workplace, terminal);
  await serve(workplace, terminal);
}
