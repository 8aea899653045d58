import { type Command } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { listOption } from "../command-line/values.ts";

export function addReplCommand(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  takesBackend(program.command("repl").description("type TypeScript at the data, beside a server or without one"))
    .option("-e, --eval <code>", "run this code, print its result and end")
    .option("--as <user>", "be this user: `db`, `api` and `fn` are theirs, under the rules")
    .option("--role <role>", "a role of theirs (may be repeated)", listOption)
    .option("--claim <name=value>", "a claim of theirs (may be repeated)", listOption)
    .option("--read-only", "write nothing, whatever is typed")
    .option("--no-history", "neither read nor keep what was typed")
    .option("--json", "of --eval and of code that is piped: print the result as JSON, as where nobody looks")
    .action(async (given, options, command) =>
      exit(await (await import("./repl.ts")).repl({ ...options, backend: backendOf(given, command) }, terminal)),
    );
}
