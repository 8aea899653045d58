import { serve } from "./serve.ts";
import type { Terminal } from "./terminal.ts";
import { openWorkplace } from "./workplace.ts";

export interface AddressOptions {
  readonly port?: string;
  readonly host?: string;
}

export async function start(path: string, { port, host }: AddressOptions, terminal: Terminal): Promise<void> {
  await serve(await openWorkplace(path, { port, host }), terminal);
}
