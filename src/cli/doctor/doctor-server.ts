import type { Finding, LockHolder } from "#database";

/** Milliseconds that a server on this machine may take to say that it is there. */
const PATIENCE = 5000;

/** Does the server that has the database answer, and can it serve? Nothing is found where none runs. */
export async function examineServer(server: Pick<LockHolder, "pid" | "url"> | undefined): Promise<readonly Finding[]> {
  if (server === undefined) return [];
  const { pid, url } = server;
  const finding = (level: Finding["level"], message: string, action?: string): readonly Finding[] => [
    { check: "server", level, message, ...(action === undefined ? {} : { action }) },
  ];
  if (url === undefined)
    return finding("advice", `The server (process ${pid}) has the database and does not listen yet.`, "Ask again in a moment.");
  try {
    const { ok, status } = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(PATIENCE) });
    if (ok) return finding("ok", `The server answers at ${url}, and is ready.`);
    return finding("problem", `The server at ${url} says that it cannot serve (${status}).`, "Its log says why; start it anew.");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return finding(
      "problem",
      `The server (process ${pid}) does not answer at ${url}: ${why}`,
      `Look at its log, and at what holds it up; \`kill ${pid}\` ends it in order.`,
    );
  }
}
