import type { Command } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import { choiceOption } from "../command-line/choices.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { listOption } from "../command-line/values.ts";

/** `client` and its subcommands. */
export function addClientCommands(program: Command, terminal: Terminal): void {
  const clients = program.command("client").description("steer the apps that sign people in by this site");

  takesBackend(clients.command("list", { isDefault: true }).description("list the apps, the oldest first"))
    .option("--json", "print all that is known of each app, as JSON, one a line")
    .action(async (given, options, command) =>
      (await import("./client-list.ts")).clientList({ ...options, backend: backendOf(given, command) }, terminal),
    );

  takesBackend(
    clients
      .command("add")
      .description("write an app down, and print its id and its secret, which is shown once")
      .argument("<name>", "what people are told that it is called"),
  )
    .option("--redirect <address>", "where people may be sent back to, letter by letter (may be repeated)", listOption)
    .option("--logout <address>", "where they may be sent after signing out (may be repeated)", listOption)
    .option("--public", "it runs in browsers or on people's devices, and gets no secret")
    .option("--trusted", "it is your own: nobody is asked whether it may")
    .option("--scope <scope>", "what it may ask for (may be repeated; default: openid, profile, email)", listOption)
    .option("--resource <address>", "an API that it may ask tokens for, or is (may be repeated)", listOption)
    .addOption(choiceOption("--algorithm <name>", "how its ID tokens are signed", ["RS256", "ES256"]).default("RS256"))
    .action(async (name, given, options, command) =>
      (await import("./client-order.ts")).clientAdd(name, { ...options, backend: backendOf(given, command) }, terminal),
    );

  for (const [action, description] of [
    ["remove", "let an app sign nobody in any more; what people allowed it ends"],
    ["rotate", "give an app another secret and print it; the one from before is good no more"],
  ] as const) {
    takesBackend(clients.command(action).description(description).argument("<id>", "the app's id")).action(
      async (id, given, _, command) =>
        (await import("./client-order.ts")).clientChange({ action, id, backend: backendOf(given, command) }, terminal),
    );
  }

  takesBackend(
    clients.command("rotate-keys").description("sign ID tokens by other keys; those from before are published for 30 days yet"),
  ).action(async (given, _, command) =>
    (await import("./client-order.ts")).clientRotateKeys(backendOf(given, command), terminal),
  );
}
