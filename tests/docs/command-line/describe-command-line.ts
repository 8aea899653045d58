import { commandGroups, exitCodes, failureCodes, leafCommands, ownName, verdicts } from "#cli";
import { results } from "./results.ts";
import { program } from "../../../tools/docs/program-help.ts";
import { withParts } from "../written-parts.ts";

/** docs/reference/cli.md, with the parts that the program itself says. */
export function describeCommandLine(): string {
  return withParts("docs/reference/cli.md", {
    commands: overview(),
    "exit codes": endings(),
    failures: failures(),
    results: orders(),
  });
}

function overview(): string {
  const rows = commandGroups.flatMap(([heading, names]) => {
    const inGroup = leafCommands(program).filter((command) => names.includes(ownName(command).split(" ")[0] ?? ""));
    const commands = inGroup.map(
      (command) => `| [${ownName(command)}](#${ownName(command).replaceAll(" ", "-")}) | ${sentence(command.description())} |`,
    );
    return commands.length === 0 ? [] : [`| **${heading.replace(":", "")}** | |`, ...commands];
  });
  return ["| command | |", "|---|---|", ...rows].join("\n");
}

function endings(): string {
  const general = Object.entries(exitCodes).map(([code, meaning]) => `| ${code} | | ${meaning} |`);
  const special = Object.entries(verdicts).flatMap(([command, rows]) =>
    rows.map(([code, meaning]) => `| ${code} | \`${command}\` | ${meaning} |`),
  );
  return ["| ends with | | |", "|---|---|---|", ...general, ...special].join("\n");
}

function orders(): string {
  const rows = Object.entries(results).map(
    ([command, keys]) =>
      `| \`${command}\` | ${Object.entries(keys)
        .map(([key, meaning]) => `\`${key.replace("?", "")}\` (${key.endsWith("?") ? "perhaps; " : ""}${meaning})`)
        .join(", ")} |`,
  );
  return ["| command | prints |", "|---|---|", ...rows].join("\n");
}

function failures(): string {
  const rows = Object.entries(failureCodes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return ["| `code` | |", "|---|---|", ...rows].join("\n");
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
