import type { Command } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import type { Terminal } from "../command-line/terminal.ts";

/** `secret` and its subcommands. */
export function addSecretCommands(program: Command, terminal: Terminal): void {
  const secret = program.command("secret").description("change the secret that signs tokens and encrypts fields");

  takesBackend(secret.command("rotate").description("make another secret; tokens of the old one stay good for a time"))
    .option("--keep <duration>", "for how long: 12h, 30d; 0s ends them now (default: the lifetime of tokens)")
    .action(async (given, options, command) =>
      (await import("./secret-rotate.ts")).rotate({ ...options, backend: backendOf(given, command) }, terminal),
    );

  takesBackend(secret.command("encrypt").description("encrypt the secret fields of all rows by the current secret")).action(
    async (given, _, command) => (await import("./secret-encrypt.ts")).encrypt({ backend: backendOf(given, command) }, terminal),
  );
}
