import type { Command } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { listOption } from "../command-line/values.ts";

interface Surroundings {
  readonly terminal: Terminal;
  readonly exit: (code: ExitCode) => void;
}

/** `chassis migrate` and all that belongs to it; each command is a file of its own, loaded when it is called. */
export function addMigrateCommands(program: Command, { terminal, exit }: Surroundings): void {
  const migrate = program.command("migrate").description("change the tables of a database that lives");
  takesBackend(
    migrate.command("status", { isDefault: true }).description("say where the database stands, and what to do next"),
  ).action(async (given, _, command) =>
    exit(await (await import("./migrate-status.ts")).migrateStatus({ backend: backendOf(given, command) }, terminal)),
  );

  takesBackend(migrate.command("plan").description("write what leads to the definition into a migration"))
    .option("--name <name>", "what it is for, in a few words; by default its first step")
    .option("--dry-run", "show it, and write nothing")
    .option("--rename <old=new>", "a table was called old, or table.old=new of a column (may be repeated)", listOption)
    .option("--new <name>", "a table or table.column is new, and no rename (may be repeated)", listOption)
    .option("--show <name>", "a table or table.column that was dropped comes back (may be repeated)", listOption)
    .option("--drop <name>", "the table or table.column may go with what is in it (may be repeated)", listOption)
    .option("--allow <loss>", "any other loss that is meant, as the plan calls it (may be repeated)", listOption)
    .option("--fill <column=value>", "table.column=SQL: the value of rows that have none (may be repeated)", listOption)
    .option("--convert <column=value>", "table.column=SQL: how values get their new type (may be repeated)", listOption)
    .action(async (given, options, command) =>
      exit(await (await import("./migrate-plan.ts")).migratePlan({ ...options, backend: backendOf(given, command) }, terminal)),
    );

  takesBackend(migrate.command("rehearse").description("try what waits on a copy of the data: up, down, up again"))
    .option("--folder <folder>", "where the copies are put; by default beside the database")
    .action(async (given, options, command) =>
      exit(
        await (await import("./migrate-rehearse.ts")).migrateRehearse(
          { ...options, backend: backendOf(given, command) },
          terminal,
        ),
      ),
    );

  takesBackend(migrate.command("apply").description("apply what waits: by the server, where one runs, while it serves"))
    .option("--force", "also where the server that runs would not work on what comes of it")
    .action(async (given, options, command) =>
      exit(await (await import("./migrate-apply.ts")).migrateApply({ ...options, backend: backendOf(given, command) }, terminal)),
    );

  takesBackend(migrate.command("rollback").description("take the last migration back, or the one that was interrupted"))
    .option(
      "--fill <column=value>",
      "table.column=SQL: the value of rows made since that have none (may be repeated)",
      listOption,
    )
    .action(async (given, options, command) =>
      exit(
        await (await import("./migrate-rollback.ts")).migrateRollback(
          { ...options, backend: backendOf(given, command) },
          terminal,
        ),
      ),
    );

  takesBackend(migrate.command("purge").description("remove for good what was dropped and kept for a time"))
    .option("--everything", "whose time is not over too")
    .option("--yes", "do not ask")
    .action(async (given, options, command) =>
      exit(await (await import("./migrate-purge.ts")).migratePurge({ ...options, backend: backendOf(given, command) }, terminal)),
    );
}
