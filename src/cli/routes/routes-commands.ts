import type { Command } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { listOption } from "../command-line/values.ts";

/** `routes`. */
export function addRoutesCommand(program: Command, terminal: Terminal): void {
  takesBackend(program.command("routes").description("list every path that the server answers, and who may"))
    .option("--as <user>", "what this user may reach: the id of who is asking")
    .option("--role <role>", "what somebody may reach who has this role (may be repeated)", listOption)
    .option("--claim <name=value>", "a claim of who is asking (may be repeated)", listOption)
    .option("--anonymous", "what whoever is not signed in may reach")
    .option("--json", "print each as JSON, one a line")
    .action(async (given, options, command) =>
      (await import("./routes.ts")).routes({ ...options, backend: backendOf(given, command) }, terminal),
    );
}
