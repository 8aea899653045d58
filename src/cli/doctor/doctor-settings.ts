import { type Backend, createSite, readClients } from "#application";
import type { Config } from "#config";
import type { Finding } from "#database";

/** What is misspelt or cannot be read: `problems` are those of `surveyConfig`. */
export function examineSettings(problems: readonly string[]): readonly Finding[] {
  if (problems.length === 0) return [{ check: "settings", level: "ok", message: "Every setting is known and can be read." }];
  return problems.map((problem) => ({
    check: "settings",
    level: "problem",
    message: /[.?!]$/.test(problem) ? problem : `${problem}.`,
    action: problem.includes("there is no such setting")
      ? "Correct its name or take it out: no server starts with it."
      : "Correct it or take it out: no server starts with it. Until then its default is taken here.",
  }));
}

/** What is right by itself, and does not go with the rest or with the back end. */
export function examineConflicts({ auth }: Pick<Backend, "auth">, config: Config): readonly Finding[] {
  if (auth === undefined) return [];
  const { baseUrl, host, port, oauthClients } = config;
  const site = attempt(() => createSite({ baseUrl, host, port }));
  const clients = attempt(() =>
    readClients(auth.providers, oauthClients, { development: true, origin: baseUrl ?? `http://localhost:${port}` }),
  );
  return [
    ...[site, clients].flatMap(({ problem }) => problem ?? []).map((problem): Finding => conflict("problem", problem)),
    ...(clients.value?.missing ?? []).map((missing) => conflict("advice", missing)),
  ];
}

function conflict(level: Finding["level"], message: string): Finding {
  return {
    check: "settings",
    level,
    message,
    action:
      level === "problem"
        ? "Settle it, for the server and here: no server starts like this."
        : "`chassis start` wants them; `chassis dev` leaves the site out.",
  };
}

function attempt<T>(work: () => T): { readonly value?: T; readonly problem?: string } {
  try {
    return { value: work() };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
