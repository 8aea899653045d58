import { type Command, Option } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { listOption } from "../command-line/values.ts";

/** `openapi`: the document of `/openapi.json`, for what makes clients of it. */
export function addOpenApiCommand(program: Command, terminal: Terminal): void {
  takesBackend(program.command("openapi").description("print the OpenAPI document, for clients in other languages"))
    .option("--as <user>", "what this user may reach; by default what anybody at all may")
    .option("--role <role>", "with --as: a role that they have (may be repeated)", listOption)
    .option("--claim <name=value>", "with --as: a claim that they have (may be repeated)", listOption)
    .addOption(new Option("--anonymous", "what somebody may reach who has not signed in").conflicts(["as", "role", "claim"]))
    .option("--url <address>", "where requests go: https://example.org; by default wherever the document came from")
    .option("-o, --out <file>", "where it is written; by default to the standard output")
    .action(async (given, options, command) =>
      (await import("./openapi.ts")).openapi({ ...options, backend: backendOf(given, command) }, terminal),
    );
}
