import type { Command } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import { choiceOption, deliveryStateWords } from "../command-line/choices.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { listOption, wholeNumber } from "../command-line/values.ts";

const orders = [
  { action: "remove", description: "take an endpoint away; what waits for it is dropped" },
  { action: "enable", description: "send to a disabled endpoint again, what happens from now on" },
  { action: "disable", description: "send no more to an endpoint; what waits for it is dropped" },
  { action: "rotate", description: "give an endpoint a new secret; the old one is good for a day more" },
] as const;

/** `webhooks` and its subcommands. */
export function addWebhooksCommands(program: Command, terminal: Terminal): void {
  const webhooks = program.command("webhooks").description("see and change who receives webhooks");

  takesBackend(webhooks.command("list", { isDefault: true }).description("list the endpoints that receive webhooks"))
    .option("--json", "print all that is known of each endpoint, as JSON, one a line")
    .action(async (given, options, command) =>
      (await import("./webhooks-list.ts")).webhooksList({ ...options, backend: backendOf(given, command) }, terminal),
    );

  takesBackend(webhooks.command("show").description("show one endpoint").argument("<id>"))
    .option("--json", "print it as JSON")
    .action(async (id, given, options, command) =>
      (await import("./webhooks-show.ts")).webhooksShow(id, { ...options, backend: backendOf(given, command) }, terminal),
    );

  takesBackend(
    webhooks
      .command("add")
      .description("send webhooks to an address, and print the secret that its owner verifies them with")
      .argument("<url>"),
  )
    .option("--type <type>", "a type that it takes (may be repeated); by default all", listOption)
    .option("--description <words>", "what it is, for people")
    .option("--notify <address>", "who is told by mail when it is disabled for failing")
    .action(async (url, given, { type, description = null, notify = null }, command) =>
      (await import("./webhooks-order.ts")).webhooksAdd(
        { url, types: type ?? null, description, notify },
        backendOf(given, command),
        terminal,
      ),
    );

  for (const { action, description } of orders) {
    takesBackend(webhooks.command(action).description(description).argument("<id>")).action(async (id, given, _, command) =>
      (await import("./webhooks-order.ts")).webhooksChange({ action, id }, backendOf(given, command), terminal),
    );
  }

  takesBackend(
    webhooks.command("test").description("send a message of type webhook.test, and say what became of it").argument("<id>"),
  ).action(async (id, given, _, command) =>
    (await import("./webhooks-test.ts")).webhooksTest(id, backendOf(given, command), terminal),
  );

  takesBackend(webhooks.command("deliveries").description("list what was sent or waits, the newest last"))
    .option("--endpoint <id>", "to this endpoint alone")
    .option("--event <id>", "of this message alone, with each attempt")
    .addOption(choiceOption("--state <state>", "in this state alone", deliveryStateWords))
    .option("--limit <count>", "no more than the newest of them (default: 50)", wholeNumber(1))
    .option("--json", "print all that is known of each, as JSON, one a line")
    .action(async (given, options, command) =>
      (await import("./webhooks-deliveries.ts")).webhooksDeliveries({ ...options, backend: backendOf(given, command) }, terminal),
    );

  takesBackend(webhooks.command("replay").description("send again what is kept, under the same ids"))
    .option("--event <id>", "this message")
    .option("--since <moment>", "all since then: 2026-11-26T08:00:00Z, or 2h ago as 2h")
    .option("--failed", "all that was given up or dropped, and not taken since")
    .option("--endpoint <id>", "to this endpoint alone; by default to all that are enabled and take it")
    .action(async (given, options, command) =>
      (await import("./webhooks-order.ts")).webhooksReplay(options, backendOf(given, command), terminal),
    );
}
