import { Command, CommanderError, Option } from "commander";
import type { ExitCode } from "./exit-code.ts";
import { describeFailure } from "./failure.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

const BACKEND = ["[backend]", "folder with a backend.ts, or the file itself", "."] as const;
const backendOption = (): Option =>
  new Option("-b, --backend <path>", "folder with a backend.ts, or the file itself").default(".");
const listOption = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value];

/** Runs one command line. Each command is a file of its own, loaded when it is called. */
export async function runProgram(args: readonly string[], terminal: Terminal = createTerminal()): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = createProgram(terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    // commander has already written what it has to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    terminal.report(describeFailure(error));
    return 1;
  }
}

function createProgram(terminal: Terminal, exit: (code: ExitCode) => void): Command {
  const program = new Command("chassis")
    .description("The whole back end of a website from one typed definition.")
    .showHelpAfterError("(chassis --help tells more)")
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.print(text.trimEnd()), writeErr: (text) => terminal.report(text.trimEnd()) });

  program
    .command("dev")
    .description("run a back end and restart it whenever its files change")
    .argument(...BACKEND)
    .option("-p, --port <port>", "the port to listen on")
    .option("--host <address>", "the address to listen on")
    .action(async (backend, options) => (await import("./dev.ts")).dev(backend, options, terminal));

  program
    .command("start")
    .description("run a back end")
    .argument(...BACKEND)
    .option("-p, --port <port>", "the port to listen on")
    .option("--host <address>", "the address to listen on")
    .action(async (backend, options) => (await import("./start.ts")).start(backend, options, terminal));

  program
    .command("check")
    .description("find all mistakes of a definition, and the operations that have no rule")
    .argument(...BACKEND)
    .action(async (backend) => exit(await (await import("./check.ts")).check(backend, terminal)));

  program
    .command("explain")
    .description("show the rule of an operation, its SQL, and what it says of somebody and some row")
    .argument("<table>")
    .argument("<operation>", "read, create, update or delete")
    .addOption(backendOption())
    .option("--as <user>", "the id of who is asking; left out: nobody in particular")
    .option("--role <role>", "a role of who is asking (may be repeated)", listOption)
    .option("--claim <name=value>", "a claim of who is asking (may be repeated)", listOption)
    .option("--row <id>", "the row that is asked about")
    .action(async (table, operation, options) => (await import("./explain.ts")).explain(table, operation, options, terminal));

  const token = program.command("token").description("make and revoke the tokens by which callers prove who they are");
  token
    .command("create", { isDefault: true })
    .description("make a token and print it")
    .argument(...BACKEND)
    .requiredOption("--user <id>", "whose token it is")
    .option("--role <role>", "a role that its holder has (may be repeated)", listOption)
    .option("--claim <name=value>", "a claim that its holder has (may be repeated)", listOption)
    .option("--expires <duration>", "how long it is good for: 90s, 15m, 12h, 30d")
    .action(async (backend, options) => (await import("./token-create.ts")).createToken(backend, options, terminal));
  token
    .command("revoke")
    .description("end a token at once, whether the server is running or not")
    .argument("<token>", "the token, or its id")
    .addOption(backendOption())
    .action(async (tokenOrId, options) => (await import("./token-revoke.ts")).revokeToken(tokenOrId, options, terminal));

  program
    .command("import")
    .description("write the rows of a CSV or NDJSON file into a table")
    .argument("<table>")
    .argument("<file>", "the file, or - for the standard input")
    .addOption(backendOption())
    .addOption(new Option("--format <format>", "what the file is; by default its ending says").choices(["csv", "ndjson"]))
    .addOption(
      new Option("--on-error <what>", "stop: a line that is refused undoes all; skip: it is reported and left out")
        .choices(["stop", "skip"])
        .default("stop"),
    )
    .addOption(new Option("--on-conflict <what>", "what happens to rows that exist already").choices(["merge", "ignore"]))
    .option("--key <columns>", "the unique columns by which a row exists already, separated by commas")
    .action(async (table, file, options) =>
      exit(await (await import("./import.ts")).importRows({ table, file, ...options }, terminal)),
    );

  for (const command of [...program.commands, ...token.commands]) {
    command
      .exitOverride()
      .configureOutput(program.configureOutput())
      .showHelpAfterError(`(chassis ${command.parent === token ? "token " : ""}${command.name()} --help tells more)`);
  }
  return program;
}
