import { Command, CommanderError, Option } from "commander";
import { addAuditCommands } from "./audit/audit-commands.ts";
import { backendOf, takesBackend } from "./backend/backend-argument.ts";
import { addBackupCommands } from "./backup/backup-commands.ts";
import { addClientCommands } from "./clients/client-commands.ts";
import { BackendNotFoundError, InterruptedError } from "./command-line/command-error.ts";
import { headingOf } from "./command-line/command-groups.ts";
import { findCommand, fullName } from "./command-line/command-tree.ts";
import { finishProgram } from "./command-line/finish-program.ts";
import { describeMistype, helpOf } from "./command-line/mistype.ts";
import { createSession, type Session } from "./command-line/session.ts";
import { addCreateCommand } from "./create/create-commands.ts";
import { addCompletionCommands } from "./completion/completion-commands.ts";
import { addDataCommands } from "./data/data-commands.ts";
import type { ExitCode } from "./command-line/exit-code.ts";
import type { Failure } from "./command-line/failure-codes.ts";
import { addJobsCommands } from "./jobs/jobs-commands.ts";
import { addKeyCommands } from "./keys/key-commands.ts";
import { addMailCommands } from "./mail/mail-commands.ts";
import { addMigrateCommands } from "./migrate/migrate-commands.ts";
import { addOpenApiCommand } from "./openapi/openapi-command.ts";
import { ownVersion } from "./backend/own-package.ts";
import { addPermissionCommands } from "./permissions/permission-commands.ts";
import { listOption, wholeNumber } from "./command-line/values.ts";
import { showable } from "./command-line/printable.ts";
import { addReplCommand } from "./repl/repl-command.ts";
import { addRoutesCommand } from "./routes/routes-commands.ts";
import { addSecretCommands } from "./keys/secret-commands.ts";
import { createTerminal, type Terminal } from "./command-line/terminal.ts";
import { addUserCommands } from "./users/user-commands.ts";
import { addWebhooksCommands } from "./webhooks/webhooks-commands.ts";

export { commandGroups } from "./command-line/command-groups.ts";
export { leafCommands, ownName, usageOf, walkCommands } from "./command-line/command-tree.ts";
export { examples } from "./command-line/examples.ts";
export { withoutJson } from "./command-line/without-json.ts";
export { exitCodes, verdicts } from "./command-line/exit-code.ts";
export { failureCodes } from "./command-line/failure-codes.ts";

const readPort = wholeNumber(0, 65_535);

const servers = [
  {
    name: "dev",
    description: "run a back end and restart it whenever its files change",
    run: async () => (await import("./dev/dev.ts")).dev,
  },
  { name: "start", description: "run a back end", run: async () => (await import("./start/start.ts")).start },
] as const;

/** Runs one command line. Each command is a file of its own, loaded when it is called. */
export async function runProgram(given: readonly string[], terminal: Terminal = createTerminal()): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  let mistyped: Command | undefined;
  const session: Session = createSession(terminal, () => program);
  const program = createProgram(session, {
    exit: (code) => void (exitCode = code),
    onMistype: (command) => void (mistyped = command),
  });
  program.hook("preAction", (_, command) => session.begin(command));
  const args = helpAsOption(program, given);
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    // Help and the version have been written.
    if (error instanceof CommanderError && mistyped === undefined) return 0;
    if (error instanceof CommanderError) {
      reportFailure(describeMistype(mistyped ?? program, error), session, args.includes("--json"));
      return 2;
    }
    if (error instanceof InterruptedError) {
      session.report("");
      // Whoever called this knows that it was interrupted by how it ends (130 in a shell).
      process.kill(process.pid, "SIGINT");
      return 1;
    }
    const failure = (await import("./command-line/failure.ts")).readFailure(error);
    if (failure.code === "usage") {
      reportFailure({ ...failure, hint: helpOf(session.running ?? program) }, session);
      return 2;
    }
    reportFailure(failure, session);
    if (error instanceof BackendNotFoundError && session.running !== undefined)
      session.report(`Give the folder that has one: ${exampleOf(session.running)}`);
    return 1;
  }
}

function reportFailure({ code, message, hint }: Failure, session: Session, isJson = session.json === true): void {
  session.report(showable(message));
  if (hint !== null) session.report(showable(hint));
  const ready = session.copyable ?? ((text: string) => text);
  if (isJson)
    session.print(JSON.stringify({ error: { code, message: ready(message), hint: hint === null ? null : ready(hint) } }));
}

/** `help` may stand where a command does, however deep: "chassis help migrate apply", "chassis migrate help apply". */
function helpAsOption(program: Command, args: readonly string[]): readonly string[] {
  if (args.length === 0) return ["--help"];
  const { command, length } = findCommand(program, args);
  // Of a command that there is not: that is said, rather than the help of all.
  if (length === 0 && args[0] !== "help" && args[0]?.startsWith("-") === false)
    return args.filter((word) => word !== "--help" && word !== "-h");
  if (args[length] !== "help" || command.commands.length === 0) return args;
  const words = [...args.slice(0, length), ...args.slice(length + 1)];
  const found = findCommand(program, words);
  // What is misspelt is said, rather than the help of what stands before it.
  const isMisspelt =
    found.length < words.length && words[found.length]?.startsWith("-") === false && found.command.commands.length > 0;
  return isMisspelt ? words : [...words.slice(0, found.length), "--help"];
}

interface ProgramOptions {
  readonly exit: (code: ExitCode) => void;
  /** Hears which command was not understood, before commander throws. */
  readonly onMistype: (command: Command) => void;
}

/** All commands with their arguments and options. What completes, documents and tests the command line walks over it. */
export function createProgram(terminal: Terminal, { exit, onMistype }: ProgramOptions): Command {
  const program = new Command("chassis")
    .description("The whole back end of a website from one typed definition.")
    .usage("<command> [options]")
    .option("-v, --version", "print the version")
    .addHelpCommand(
      new Command("help")
        .argument("[command]")
        .description("say what a command takes")
        .helpGroup(headingOf("help") ?? ""),
    )
    .configureOutput({ writeOut: (text) => terminal.print(text.trimEnd()), writeErr: (text) => terminal.report(text.trimEnd()) });
  program.on("option:version", () => {
    terminal.print(ownVersion());
    throw new CommanderError(0, "commander.version", "");
  });

  for (const { name, description, run } of servers) {
    const server = takesBackend(program.command(name).description(description))
      .option("-p, --port <port>", "the port to listen on", (text) => String(readPort(text)))
      .option("--host <address>", "the address to listen on");
    if (name === "dev") server.option("--json", "write one JSON object a line, as where the output is no terminal");
    if (name === "start") server.option("--migrate", "apply the migrations that wait, before anybody is served");
    server.action(async (given, options, command) => (await run())(backendOf(given, command), options, terminal));
  }

  takesBackend(program.command("check").description("find all mistakes of a definition, and what has no rule"))
    .option("--deploy", "say instead what is unsafe where the back end runs for others, by the settings that are set here")
    .option("--accept <name>", "with --deploy: a finding that is known and wanted (may be repeated)", listOption)
    .option("--json", "print what was found as JSON")
    .action(async (given, { deploy = false, ...options }, command) => {
      const backend = backendOf(given, command);
      if (deploy) exit(await (await import("./check/check-deploy.ts")).checkDeploy({ ...options, backend }, terminal));
      else if (options.accept !== undefined) command.error("error: --accept goes with --deploy.");
      else exit(await (await import("./check/check.ts")).check(backend, terminal));
    });

  addCreateCommand(program, terminal);
  addRoutesCommand(program, terminal);
  addPermissionCommands(program, terminal, exit);

  takesBackend(program.command("doctor").description("examine the database and all around it, and say what to do"))
    .option("--quick", "leave out what reads every row")
    .option("--json", "print the findings as JSON")
    .action(async (given, options, command) =>
      exit(await (await import("./doctor/doctor.ts")).doctor({ ...options, backend: backendOf(given, command) }, terminal)),
    );

  addOpenApiCommand(program, terminal);
  addReplCommand(program, terminal, exit);

  program
    .command("pull")
    .description("take over an existing SQLite database: schema and rows")
    .argument("<file>", "the database; it is only read")
    .option("-o, --out <file>", "where the schema is written; by default to the standard output")
    .option("--force", "replace that file where it is there already")
    .option("--into <directory>", "also make a database of ours there, and copy the rows into it")
    .option("-b, --backend <path>", "the back end whose definition the rows must fit; by default the schema that was pulled")
    .option("--only <table>", "take over this table alone (may be repeated)", listOption)
    .option("--exclude <table>", "leave this table out (may be repeated)", listOption)
    .option("--sample <rows>", "rows of each table that guesses are made from (default: 20000)", wholeNumber(1))
    .addOption(
      new Option("--on-error <what>", "stop: a row that is refused undoes all; skip: it is reported and left out")
        .choices(["stop", "skip"])
        .default("stop"),
    )
    .action(async (file, options) => exit(await (await import("./pull/pull.ts")).pull({ file, ...options }, terminal)));

  const token = program.command("token").description("make and revoke tokens, by which callers say who they are");
  takesBackend(token.command("create", { isDefault: true }).description("make a token and print it"))
    .requiredOption("--user <id>", "whose token it is")
    .option("--role <role>", "a role that its holder has (may be repeated)", listOption)
    .option("--claim <name=value>", "a claim that its holder has (may be repeated)", listOption)
    .option("--expires <duration>", "how long it is good for: 90s, 15m, 12h, 30d")
    .action(async (given, options, command) =>
      (await import("./keys/token-create.ts")).createToken(backendOf(given, command), options, terminal),
    );
  takesBackend(
    token
      .command("revoke")
      .description("end a token at once, whether the server is running or not")
      .argument("<token>", "the token, or its id"),
  ).action(async (tokenOrId, given, _, command) =>
    (await import("./keys/token-revoke.ts")).revokeToken(tokenOrId, { backend: backendOf(given, command) }, terminal),
  );

  addDataCommands(program, terminal, exit);
  addAuditCommands(program, terminal, exit);
  addSecretCommands(program, terminal);
  addJobsCommands(program, terminal);
  addMailCommands(program, terminal);
  addWebhooksCommands(program, terminal);
  addBackupCommands(program, terminal, exit);
  addMigrateCommands(program, { terminal, exit });
  addUserCommands(program, terminal);
  addKeyCommands(program, terminal);
  addClientCommands(program, terminal);

  addCompletionCommands(program, terminal);

  finishProgram(program, onMistype);
  return program;
}

/** "chassis token create path/to/folder"; where other arguments come first, the option is clearer. */
function exampleOf(command: Command): string {
  return `npx ${fullName(command)} ${command.registeredArguments.length === 1 ? "" : "... --backend "}path/to/folder`;
}
