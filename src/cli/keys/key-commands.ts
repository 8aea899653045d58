import type { Command } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import type { Terminal } from "../command-line/terminal.ts";

/** `key` and its subcommands. */
export function addKeyCommands(program: Command, terminal: Terminal): void {
  const keys = program.command("key").description("see and revoke the keys that people made for programs");

  takesBackend(keys.command("list", { isDefault: true }).description("list the keys that are good, the newest first"))
    .option("--user <who>", "those alone of this account: its id or its address")
    .option("--json", "print all that is known of each key, as JSON, one a line")
    .action(async (given, options, command) =>
      (await import("./key-list.ts")).keyList({ ...options, backend: backendOf(given, command) }, terminal),
    );

  takesBackend(
    keys
      .command("revoke")
      .description("end a key, or many: they are good no more from the next request on")
      .argument("[id]", "the id of a key"),
  )
    .option("--user <who>", "all keys of this account: its id or its address")
    .option("--all", "all keys of everybody")
    .action(async (id, given, options, command) =>
      (await import("../users/user-order.ts")).keyRevoke({ ...options, id, backend: backendOf(given, command) }, terminal),
    );
}
