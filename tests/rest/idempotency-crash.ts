import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import { projectsBackend } from "../support/projects-backend.ts";
import { fillProjects } from "../support/projects-data.ts";

/**
 * A process that is killed after a write under an Idempotency-Key has been committed and before its answer leaves (`die`), and one that
 * opens the same data and sends the request again (`retry`).
 */
const [dataDirectory = "", mode = ""] = process.argv.slice(2);
const platform = await createPlatform({
  backend: projectsBackend,
  config: loadConfig({ environment: {} }),
  dataDirectory,
  logger: silentLogger,
});
const known = await platform.database.get("SELECT value FROM _chassis WHERE name = 'test-project'", []);
if (known === undefined) {
  const { ids, bob } = await fillProjects(platform.records);
  await platform.database.transaction(async (connection) => {
    await connection.run("INSERT INTO _chassis VALUES ('test-project', ?)", [
      JSON.stringify({ project: ids["open"], actor: bob }),
    ]);
  });
}
const fact = await platform.database.get("SELECT value FROM _chassis WHERE name = 'test-project'", []);
const { project, actor } = JSON.parse(String(fact?.[0])) as {
  project: string;
  actor: Parameters<typeof platform.tokens.issue>[0]["actor"];
};
const { token } = await platform.tokens.issue({ actor, lifetime: 60_000 });

const answer = await platform.fetch(
  new Request("http://localhost/rest/v1/tasks", {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "idempotency-key": "crash",
      prefer: "return=representation",
    },
    body: JSON.stringify({ project, title: "Crash" }),
  }),
);
// The answer is here and nobody has seen it: that is the moment.
if (mode === "die") process.kill(process.pid, "SIGKILL");
const rows = await platform.database.get("SELECT count(*) FROM tasks WHERE title = 'Crash'", []);
const [row] = (await answer.json()) as { title: string }[];
process.stdout.write(
  JSON.stringify({
    replayed: answer.headers.get("idempotency-replayed"),
    status: answer.status,
    title: row?.title,
    rows: Number(rows?.[0]),
  }),
);
await platform.close();
