import { existsSync, statSync } from "node:fs";
import { type Command, Option } from "commander";
import { backendOf } from "../backend/backend-argument.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { exportFormats, importFormats } from "../command-line/choices.ts";
import { listOption, wholeNumber } from "../command-line/values.ts";

/** `export` and `import`. */
export function addDataCommands(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  addExport(program, terminal);
  addImport(program, terminal, exit);
}

function addExport(program: Command, terminal: Terminal): void {
  program
    .command("export")
    .description("write the rows of tables as CSV, NDJSON or SQL, beside a server or without one")
    .argument("[tables...]", "the tables; a back end may stand after them")
    .addOption(new Option("-b, --backend <path>", "the back end, by name"))
    .option("--all", "all tables, of one moment")
    .addOption(new Option("--format <format>", "by default the ending of --out says, else csv").choices(exportFormats))
    .option("-o, --out <path>", "a file, packed where it ends in .gz; for several tables a folder (default: the standard output)")
    .option("--force", "replace what is there")
    .option("--gzip", "pack the files of a folder")
    .option("--where <condition>", "rows of which this holds, as in the data API: stars=gte.4 (may be repeated)", listOption)
    .option("--select <columns>", "what of each row, as in the data API: title,author(name)")
    .option("--order <columns>", "the order, as in the data API: created.desc,title")
    .option("--limit <count>", "no more rows of a table than so many", wholeNumber(1))
    .option("--deleted", "deleted rows that are kept, too")
    .option("--as <user>", "what this user may read, under the rules (default: the system, past all rules)")
    .option("--role <role>", "a role of theirs (may be repeated)", listOption)
    .option("--claim <name=value>", "a claim of theirs (may be repeated)", listOption)
    .option("--anonymous", "what whoever is not signed in may read")
    .option("--secrets", "secret fields too, in the clear")
    .option("--no-schema", "of SQL the rows alone, without CREATE TABLE")
    .option("--json", "with --out: print what was written as JSON")
    .action(async (names: readonly string[], options, command: Command) => {
      const { tables, given } = splitBackend(names);
      if (options.all === true && tables.length > 0)
        command.error(`error: --all is all tables, and '${tables[0]}' is named besides.`);
      if (options.all !== true && tables.length === 0) command.error("error: Name a table, or say --all.");
      const backend = backendOf(given, command);
      await (await import("./export.ts")).exportTables({ ...options, tables, backend }, terminal);
    });
}

function addImport(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  program
    .command("import")
    .description("write the rows of CSV, NDJSON, JSON or SQL files into tables, by the server that runs or without one")
    .argument("[table]", "the table; left out with --all")
    .argument("[file]", "the file, or - for the standard input; packed or not")
    .argument("[backend]", "folder with a backend.ts, or the file itself (default: the folder at hand)")
    .addOption(new Option("-b, --backend <path>", "the back end, by name"))
    .option("--all <path>", "a folder with a file for each table, such as an export, or a file of SQL")
    .addOption(
      new Option("--format <format>", "what the file is; by default its ending and its beginning say").choices(importFormats),
    )
    .option(
      "--map <column=field>",
      "which field a column of the file is; nothing after the sign leaves it out (may be repeated)",
      listOption,
    )
    .addOption(
      new Option("--on-error <what>", "stop: a row that is refused undoes all; skip: it is reported and left out")
        .choices(["stop", "skip"])
        .default("stop"),
    )
    .addOption(new Option("--on-conflict <what>", "what happens to rows that exist already").choices(["merge", "ignore"]))
    .option("--key <columns>", "the unique columns by which a row exists already, separated by commas")
    .option("--dry-run", "check and try all, list what would be refused, and keep nothing")
    .option("--whole", "say nothing of a CSV file whose last line has no end: it is whole")
    .option("--json", "print what was written and refused as JSON")
    .action(async (table, file, given, options, command: Command) => {
      if (options.all !== undefined && file !== undefined)
        command.error("error: With --all no table and no file are named, but for the back end.");
      if (options.all === undefined && file === undefined)
        command.error(`error: missing required argument '${table === undefined ? "table" : "file"}'`, {
          code: "commander.missingArgument",
        });
      const place = options.all === undefined ? given : table;
      const what = options.all === undefined ? { table, file } : {};
      const backend = backendOf(place, command);
      exit(await (await import("./import.ts")).importFiles({ ...options, ...what, backend }, terminal));
    });
}

/** `export books examples/quickstart`: what has a form that no table has, or is a folder that has a back end, stands for the back end. */
function splitBackend(names: readonly string[]): { readonly tables: readonly string[]; readonly given: string | undefined } {
  const last = names.at(-1);
  const isPath =
    last !== undefined &&
    (/[./\\]/.test(last) || (existsSync(last) && statSync(last).isDirectory() && existsSync(`${last}/backend.ts`)));
  return isPath ? { tables: names.slice(0, -1), given: last } : { tables: names, given: undefined };
}
