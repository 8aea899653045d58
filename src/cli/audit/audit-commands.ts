import type { Command } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { wholeNumber } from "../command-line/values.ts";

/** `audit` and its subcommands. */
export function addAuditCommands(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const audit = program.command("audit").description("read the audit log, and prove that it is whole");

  takesBackend(audit.command("list", { isDefault: true }).description("list what was done to audited tables, the newest last"))
    .option("--table <table>", "changes of this table alone")
    .option("--row <id>", "changes of this row of the table")
    .option("--actor <id>", "what this user did")
    .option("--system", "what the back end's own code did")
    .option("--since <time>", "from this time on: 2026-11-25, 2026-11-25T22:00:00Z, or 12h for the last twelve hours")
    .option("--limit <count>", "no more than the newest of them (default: 100)", wholeNumber(1))
    .option("--json", "print all that is known of each entry, as JSON, one a line")
    .action(async (given, options, command) =>
      (await import("./audit-list.ts")).auditList({ ...options, backend: backendOf(given, command) }, terminal),
    );

  takesBackend(audit.command("verify").description("check every entry against the one before it, beside a server or without one"))
    .option("--head <number:hash>", "a head that was noted before: the log must still have that entry")
    .option("--json", "print the verdict as JSON")
    .action(async (given, options, command) =>
      exit(await (await import("./audit-verify.ts")).auditVerify({ ...options, backend: backendOf(given, command) }, terminal)),
    );
}
