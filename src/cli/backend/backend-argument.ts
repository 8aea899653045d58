import { type Command, Option } from "commander";

/** Every command takes its back end as its last argument or by `--backend`; without either it is the folder at hand. */
export function takesBackend(command: Command): Command {
  return command
    .argument("[backend]", "folder with a backend.ts, or the file itself (default: the folder at hand)")
    .addOption(new Option("-b, --backend <path>", "the same, by name"));
}

/** Refuses two back ends that differ. */
export function backendOf(given: string | undefined, command: Command): string {
  const { backend: named } = command.opts<{ readonly backend?: string }>();
  if (given !== undefined && named !== undefined && given !== named)
    command.error(`error: Two back ends are given, '${given}' and '${named}'.`);
  return given ?? named ?? ".";
}
