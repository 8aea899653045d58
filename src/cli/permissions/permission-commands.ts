import type { Command } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { choiceOption, operationWords } from "../command-line/choices.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { listOption, wholeNumber } from "../command-line/values.ts";

/** The commands that say who may do what. */
export function addPermissionCommands(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  takesBackend(
    program
      .command("explain")
      .description("say why somebody may or may not do something")
      .argument("<table>")
      .argument("[operation]", "read, create, update, delete or history; left out: all of them"),
  )
    .option("--as <user>", "the id of who is asking; left out: nobody in particular")
    .option("--role <role>", "a role of who is asking (may be repeated)", listOption)
    .option("--claim <name=value>", "a claim of who is asking (may be repeated)", listOption)
    .option("--row <id>", "the row that is asked about")
    .option("--json", "print it as JSON")
    .action(async (table, first, second, options, command) => {
      const { explain, operationOrBackend } = await import("./explain.ts");
      const { operation, backend } = operationOrBackend(first, second);
      await explain(table, operation, { ...options, backend: backendOf(backend, command) }, terminal);
    });

  takesBackend(
    program
      .command("who")
      .description("say who may read, change or delete a row")
      .argument("<table>")
      .argument("<id>", "the id of the row"),
  )
    .addOption(choiceOption("--operation <operation>", "what they would do (default: read)", operationWords))
    .option("--field <field>", "one field of the row, with its own rule")
    .option("--role <role>", "ask of who has this role, and no other (may be repeated)", listOption)
    .option("--claim <name=value>", "ask of who has this claim, and no other (may be repeated)", listOption)
    .option("--limit <count>", "list no more than so many people (default: 20)", wholeNumber(1))
    .option("--all", "list all of them")
    .option("--json", "print a summary as JSON, and then each of the people, one a line")
    .action(async (table, id, given, options, command) =>
      (await import("./who.ts")).who(table, id, { ...options, backend: backendOf(given, command) }, terminal),
    );

  const rules = program.command("rules").description("keep and compare versions of the rules");
  takesBackend(rules.command("snapshot").description("print the rules as JSON, to be compared with later")).action(
    async (given, _, command) => (await import("./rules-diff.ts")).rulesSnapshot(backendOf(given, command), terminal),
  );
  takesBackend(
    rules
      .command("diff")
      .description("say what a new version of the rules allows that the old one did not")
      .argument("<old>", "a snapshot (.json) or a back end, its file or folder; the new version may be either too"),
  )
    .option("--ignore-new", "tables, fields and functions that are new do not count as wider")
    .option("--json", "print the differences as JSON")
    .action(async (old, given, options, command) =>
      exit(await (await import("./rules-diff.ts")).rulesDiff({ old, next: backendOf(given, command) }, options, terminal)),
    );
}
