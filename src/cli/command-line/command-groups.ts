/** In what groups `chassis --help` shows the commands, in this order. */
export const commandGroups: readonly (readonly [heading: string, commands: readonly string[]])[] = [
  ["Write a back end:", ["create", "dev", "check", "routes", "repl", "openapi"]],
  ["Run it:", ["start", "doctor", "migrate", "backup", "restore"]],
  ["Rows in and out:", ["import", "export", "pull"]],
  ["Who may do what:", ["explain", "who", "rules", "audit"]],
  ["People and programs:", ["user", "key", "token", "client", "secret"]],
  ["Work and mail:", ["jobs", "mail", "webhooks"]],
  ["The command line:", ["completion", "help"]],
];

export function headingOf(name: string): string | undefined {
  return commandGroups.find(([, commands]) => commands.includes(name))?.[0];
}

export function placeOf(name: string): number {
  const place = commandGroups.flatMap(([, commands]) => commands).indexOf(name);
  return place === -1 ? Number.POSITIVE_INFINITY : place;
}
