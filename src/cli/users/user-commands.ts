import type { Command } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { listOption, wholeNumber } from "../command-line/values.ts";

const orders = [
  { action: "suspend", description: "sign somebody out everywhere and let them in no more" },
  { action: "resume", description: "let somebody in again who was suspended" },
  { action: "sign-out", description: "end somebody's sessions everywhere; they may sign in again" },
  { action: "delete", description: "delete somebody's row in users, and with it their account" },
  { action: "reset-link", description: "print a link by which somebody sets a new password, once, within three days" },
  {
    action: "reset-factors",
    description: "take somebody's authenticator app, passkeys and recovery codes away, and sign them out everywhere",
  },
] as const;

const whoever = "the id or the address of an account";

/** `user` and its subcommands. */
export function addUserCommands(program: Command, terminal: Terminal): void {
  const users = program.command("user").description("see, make, change and suspend people's accounts");

  takesBackend(users.command("list", { isDefault: true }).description("list the accounts, the oldest first"))
    .option("--search <text>", "those alone whose address has this in it")
    .option("--role <role>", "those alone who have this role")
    .option("--after <id>", "those that come after this one")
    .option("--limit <count>", "no more than so many (default: 100)", wholeNumber(1))
    .option("--json", "print all that is known of each account, as JSON, one a line")
    .action(async (given, options, command) =>
      (await import("./user-list.ts")).userList({ ...options, backend: backendOf(given, command) }, terminal),
    );

  takesBackend(users.command("show").description("show one account, and where it is signed in").argument("<who>", whoever))
    .option("--json", "print it as JSON")
    .action(async (who, given, options, command) =>
      (await import("./user-show.ts")).userShow(who, { ...options, backend: backendOf(given, command) }, terminal),
    );

  takesBackend(
    users
      .command("export")
      .description("print all that is kept of somebody, as they could take it themselves, as JSON")
      .argument("<who>", whoever),
  ).action(async (who, given, _, command) =>
    (await import("./user-export.ts")).userExport(who, { backend: backendOf(given, command) }, terminal),
  );

  takesBackend(
    users
      .command("create")
      .description("make an account and print a link by which its owner sets a password")
      .argument("<address>", "their e-mail address"),
  )
    .option("--role <role>", "a role that they have (may be repeated)", listOption)
    .option("--set <field=value>", "a field of their row in users (may be repeated)", listOption)
    .option("--user <id>", "who gets the account: somebody who has a row in users already, and no account")
    .action(async (address, given, options, command) =>
      (await import("./user-order.ts")).userCreate(address, { ...options, backend: backendOf(given, command) }, terminal),
    );

  takesBackend(users.command("roles").description("give somebody these roles and no others").argument("<who>", whoever))
    .option("--role <role>", "a role that they have from now on (may be repeated)", listOption)
    .option("--none", "take all of their roles away")
    .action(async (who, given, options, command) =>
      (await import("./user-order.ts")).userRoles(who, { ...options, backend: backendOf(given, command) }, terminal),
    );

  for (const { action, description } of orders) {
    takesBackend(users.command(action).description(description).argument("<who>", whoever)).action(
      async (who, given, _, command) =>
        (await import("./user-order.ts")).userOrder({ action, who, backend: backendOf(given, command) }, terminal),
    );
  }

  takesBackend(users.command("sign-out-all").description("end the sessions of everybody; they may sign in again")).action(
    async (given, _, command) =>
      (await import("./user-order.ts")).userSignOutAll({ backend: backendOf(given, command) }, terminal),
  );
}
