import type { Command } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import type { Terminal } from "../command-line/terminal.ts";

/** `backup`, its subcommands, and `restore`. Gives `backup`. */
export function addBackupCommands(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const backup = program.command("backup").description("make, list and check backups");

  takesBackend(
    backup
      .command("create", { isDefault: true })
      .description("make a backup now, prove it good, and delete what is not kept any more"),
  )
    .option("--to <destination>", "a folder or s3://bucket/prefix; by default CHASSIS_BACKUP_TO")
    .action(async (given, options, command) =>
      (await import("./backup-create.ts")).createBackup(backendOf(given, command), options, terminal),
    );

  takesBackend(backup.command("list").description("list the backups, and the moments that can be restored"))
    .option("--from <destination>", "where they are; by default CHASSIS_BACKUP_TO")
    .action(async (given, options, command) =>
      (await import("./backup-list.ts")).listBackups(backendOf(given, command), options, terminal),
    );

  takesBackend(
    backup
      .command("verify")
      .description("unpack backups into a temporary folder and check everything")
      .argument("<backup>", "a file, the name of one in the list, latest or all"),
  )
    .option("--from <destination>", "where they are; by default CHASSIS_BACKUP_TO")
    .action(async (name, given, options, command) =>
      exit(
        await (await import("./backup-verify.ts")).verifyBackups(
          name,
          { ...options, backend: backendOf(given, command) },
          terminal,
        ),
      ),
    );

  takesBackend(
    program
      .command("restore")
      .description("put a backup in the place of the data, which is kept beside")
      .argument("[backup]", "a file or the name of a backup; left out: the newest moment that there is"),
  )
    .option("--at <time>", "the moment: 2026-11-25T22:00:00Z, or 15m for fifteen minutes ago")
    .option("--from <destination>", "where the backups are; by default CHASSIS_BACKUP_TO")
    .option("--to <folder>", "the data directory to restore into; by default the back end's own")
    .option("-y, --yes", "do not ask")
    .action(async (name, given, options, command) =>
      exit(await (await import("./restore.ts")).restoreData(name, { ...options, backend: backendOf(given, command) }, terminal)),
    );
}
