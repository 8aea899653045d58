import type { Command } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import { choiceOption, suppressionReasonWords } from "../command-line/choices.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { wholeNumber } from "../command-line/values.ts";

/** `mail` and its subcommands: itself, and the group within it. */
export function addMailCommands(program: Command, terminal: Terminal): void {
  const mail = program.command("mail").description("see and change to whom no mail is sent");
  const suppressions = mail
    .command("suppressions", { isDefault: true })
    .description("addresses to which no mail is sent: those that bounced, complained or left, and those that you add");

  takesBackend(suppressions.command("list", { isDefault: true }).description("list them, the newest last"))
    .option("--address <address>", "of this address alone")
    .option("--list <name>", "of this list of mails alone")
    .addOption(choiceOption("--reason <reason>", "for this reason alone", suppressionReasonWords))
    .option("--limit <count>", "no more than the newest of them (default: 50)", wholeNumber(1))
    .option("--json", "print all that is known of each, as JSON, one a line")
    .action(async (given, options, command) =>
      (await import("./suppressions-list.ts")).suppressionsList({ ...options, backend: backendOf(given, command) }, terminal),
    );

  takesBackend(suppressions.command("add").description("send no more mail to an address").argument("<address>"))
    .option("--list <name>", "only none of this list")
    .option("--detail <words>", "why, for people")
    .action(async (address, given, options, command) =>
      (await import("./suppressions-order.ts")).suppressionsOrder(
        { ...options, action: "suppress", address, backend: backendOf(given, command) },
        terminal,
      ),
    );

  takesBackend(suppressions.command("remove").description("send mail to an address again").argument("<address>"))
    .option("--list <name>", "that of this list; by default that of all mail")
    .action(async (address, given, options, command) =>
      (await import("./suppressions-order.ts")).suppressionsOrder(
        { ...options, action: "unsuppress", address, backend: backendOf(given, command) },
        terminal,
      ),
    );
}
