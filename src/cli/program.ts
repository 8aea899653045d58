import { existsSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { suggest } from "#base";
import { addAuditCommands } from "./audit-commands.ts";
import { backendOf, takesBackend } from "./backend-argument.ts";
import { addBackupCommands } from "./backup-commands.ts";
import { addClientCommands } from "./client-commands.ts";
import type { ExitCode } from "./exit-code.ts";
import { BackendNotFoundError, describeFailure } from "./failure.ts";
import { addJobsCommands } from "./jobs-commands.ts";
import { addKeyCommands } from "./key-commands.ts";
import { addMailCommands } from "./mail-commands.ts";
import { addMigrateCommands } from "./migrate-commands.ts";
import { addPermissionCommands } from "./permission-commands.ts";
import { addSecretCommands } from "./secret-commands.ts";
import { createTerminal, type Terminal } from "./terminal.ts";
import { addUserCommands } from "./user-commands.ts";
import { addWebhooksCommands } from "./webhooks-commands.ts";

const listOption = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value];

const servers = [
  {
    name: "dev",
    description: "run a back end and restart it whenever its files change",
    run: async () => (await import("./dev.ts")).dev,
  },
  { name: "start", description: "run a back end", run: async () => (await import("./start.ts")).start },
] as const;

/** Runs one command line. Each command is a file of its own, loaded when it is called. */
export async function runProgram(args: readonly string[], terminal: Terminal = createTerminal()): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  let running: Command | undefined;
  const program = createProgram(terminal, (code) => {
    exitCode = code;
  });
  program.hook("preAction", (_, command) => {
    running = command;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    // commander has already written what it has to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    terminal.report(describeFailure(error));
    if (error instanceof BackendNotFoundError && running !== undefined)
      terminal.report(`Give the folder that has one: ${exampleOf(running)}`);
    return 1;
  }
}

function createProgram(terminal: Terminal, exit: (code: ExitCode) => void): Command {
  const program = new Command("chassis")
    .description("The whole back end of a website from one typed definition.")
    .showHelpAfterError("(chassis --help tells more)")
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.print(text.trimEnd()), writeErr: (text) => terminal.report(text.trimEnd()) });

  for (const { name, description, run } of servers) {
    const server = takesBackend(program.command(name).description(description))
      .option("-p, --port <port>", "the port to listen on")
      .option("--host <address>", "the address to listen on");
    if (name === "start") server.option("--migrate", "apply the migrations that wait, before anybody is served");
    server.action(async (given, options, command) => (await run())(backendOf(given, command), options, terminal));
  }

  takesBackend(program.command("check").description("find all mistakes of a definition, and the operations that have no rule"))
    .option("--deploy", "say instead what is unsafe where the back end runs for others, by the settings that are set here")
    .option("--accept <name>", "with --deploy: a finding that is known and wanted (may be repeated)", listOption)
    .option("--json", "with --deploy: print the findings as JSON")
    .action(async (given, { deploy = false, ...options }, command) => {
      const backend = backendOf(given, command);
      if (deploy) exit(await (await import("./check-deploy.ts")).checkDeploy({ ...options, backend }, terminal));
      else if (options.json === true || options.accept !== undefined)
        command.error("error: --json and --accept go with --deploy");
      else exit(await (await import("./check.ts")).check(backend, terminal));
    });

  const rules = addPermissionCommands(program, terminal, exit);
  rules.hook("preSubcommand", refuseMisspelling);

  takesBackend(
    program
      .command("doctor")
      .description("examine the database, beside a server or without one, and say what is wrong or could be better"),
  )
    .option("--quick", "leave out what reads every row")
    .option("--json", "print the findings as JSON")
    .action(async (given, options, command) =>
      exit(await (await import("./doctor.ts")).doctor({ ...options, backend: backendOf(given, command) }, terminal)),
    );

  program
    .command("pull")
    .description("take over an existing SQLite database: its schema as TypeScript, and its rows")
    .argument("<file>", "the database; it is only read")
    .option("-o, --out <file>", "where the schema is written; by default to the standard output")
    .option("--force", "replace that file where it is there already")
    .option("--into <directory>", "also make a database of ours there, and copy the rows into it")
    .option("-b, --backend <path>", "the back end whose definition the rows must fit; by default the schema that was pulled")
    .option("--only <table>", "take over this table alone (may be repeated)", listOption)
    .option("--exclude <table>", "leave this table out (may be repeated)", listOption)
    .option("--sample <rows>", "rows of each table that guesses are made from (default: 20000)")
    .addOption(
      new Option("--on-error <what>", "stop: a row that is refused undoes all; skip: it is reported and left out")
        .choices(["stop", "skip"])
        .default("stop"),
    )
    .action(async (file, options) => exit(await (await import("./pull.ts")).pull({ file, ...options }, terminal)));

  const token = program.command("token").description("make and revoke the tokens by which callers prove who they are");
  takesBackend(token.command("create", { isDefault: true }).description("make a token and print it"))
    .requiredOption("--user <id>", "whose token it is")
    .option("--role <role>", "a role that its holder has (may be repeated)", listOption)
    .option("--claim <name=value>", "a claim that its holder has (may be repeated)", listOption)
    .option("--expires <duration>", "how long it is good for: 90s, 15m, 12h, 30d")
    .action(async (given, options, command) =>
      (await import("./token-create.ts")).createToken(backendOf(given, command), options, terminal),
    );
  takesBackend(
    token
      .command("revoke")
      .description("end a token at once, whether the server is running or not")
      .argument("<token>", "the token, or its id"),
  ).action(async (tokenOrId, given, _, command) =>
    (await import("./token-revoke.ts")).revokeToken(tokenOrId, { backend: backendOf(given, command) }, terminal),
  );
  token.hook("preSubcommand", refuseMisspelling);

  takesBackend(
    program
      .command("import")
      .description("write the rows of a CSV or NDJSON file into a table")
      .argument("<table>")
      .argument("<file>", "the file, or - for the standard input"),
  )
    .addOption(new Option("--format <format>", "what the file is; by default its ending says").choices(["csv", "ndjson"]))
    .addOption(
      new Option("--on-error <what>", "stop: a line that is refused undoes all; skip: it is reported and left out")
        .choices(["stop", "skip"])
        .default("stop"),
    )
    .addOption(new Option("--on-conflict <what>", "what happens to rows that exist already").choices(["merge", "ignore"]))
    .option("--key <columns>", "the unique columns by which a row exists already, separated by commas")
    .action(async (table, file, given, options, command) =>
      exit(
        await (await import("./import.ts")).importRows({ table, file, ...options, backend: backendOf(given, command) }, terminal),
      ),
    );

  const audit = addAuditCommands(program, terminal, exit);
  audit.hook("preSubcommand", refuseMisspelling);

  const secret = addSecretCommands(program, terminal);
  secret.hook("preSubcommand", refuseMisspelling);

  const jobs = addJobsCommands(program, terminal);
  jobs.hook("preSubcommand", refuseMisspelling);

  const mail = addMailCommands(program, terminal);
  for (const group of mail) group.hook("preSubcommand", refuseMisspelling);

  const webhooks = addWebhooksCommands(program, terminal);
  webhooks.hook("preSubcommand", refuseMisspelling);

  const backup = addBackupCommands(program, terminal, exit);
  backup.hook("preSubcommand", refuseMisspelling);

  const migrate = addMigrateCommands(program, { terminal, exit });
  migrate.hook("preSubcommand", refuseMisspelling);

  const users = addUserCommands(program, terminal);
  users.hook("preSubcommand", refuseMisspelling);

  const keys = addKeyCommands(program, terminal);
  keys.hook("preSubcommand", refuseMisspelling);

  const clients = addClientCommands(program, terminal);
  clients.hook("preSubcommand", refuseMisspelling);

  const groups = [token, rules, users, keys, clients, secret, audit, jobs, ...mail, webhooks, backup, migrate];
  for (const command of [...program.commands, ...groups.flatMap((group) => group.commands)]) {
    command
      .exitOverride()
      .configureOutput(program.configureOutput())
      .showHelpAfterError(`(${nameOf(command)} --help tells more)`);
  }
  return program;
}

/** "chassis token create path/to/folder"; where other arguments come first, the option is clearer. */
function exampleOf(command: Command): string {
  return `${nameOf(command)} ${command.registeredArguments.length === 1 ? "" : "... --backend "}path/to/folder`;
}

// The command that runs where none is named would take a misspelt name for its back end.
function refuseMisspelling(command: Command): void {
  const [first = ""] = command.args;
  const names = command.commands.map((each) => each.name());
  if (first.startsWith("-") || names.includes(first) || existsSync(first)) return;
  const meant = suggest(first, names);
  if (meant !== undefined) command.error(`error: unknown command '${first}'\n(Did you mean ${meant}?)`);
}

/** All of its name: "chassis mail suppressions list". */
function nameOf(command: Command): string {
  const names: string[] = [];
  for (let each: Command | null = command; each !== null; each = each.parent) names.unshift(each.name());
  return names.join(" ");
}
