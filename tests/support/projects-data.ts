import type { IdSource } from "#base";
import type { Actor } from "#contract";
import { type RecordStore, system } from "#application";

/** Who is who in the projects back end. */
export interface ProjectsData {
  readonly ann: Actor;
  readonly bob: Actor;
  readonly eve: Actor;
  readonly editor: Actor;
  /** Ids by short names: `red` is a team, `open` and `closed` are its projects, `blue` and `secret` are of the other team. */
  readonly ids: Readonly<Record<string, string>>;
}

/** Ids that are the same in every run: a clock that stands still and counts. */
export function countingIds(): IdSource {
  let count = 0;
  return { uuid: () => `00000000-0000-7000-8000-${(++count).toString(16).padStart(12, "0")}` };
}

/** Ann owns the projects of the red team, Bob is its member; Eve is in the blue one; the editor is in none. */
export async function fillProjects(records: RecordStore): Promise<ProjectsData> {
  const ids: Record<string, string> = {};
  const add = async (name: string, table: string, row: Record<string, unknown>): Promise<string> => {
    const { keys } = await records.write(
      { type: "insert", table, rows: [row], rowForm: "json", form: "json", values: [], missing: "default" },
      system,
    );
    return (ids[name] = String(keys?.[0]));
  };
  for (const name of ["ann", "bob", "eve", "editor"]) {
    await add(name, "users", {
      name: `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
      email: `${name}@example.org`,
      phone: `+31 ${name.length}00`,
      password: `${name}-secret`,
    });
  }
  await add("red", "teams", { name: "Red", plan: "paid" });
  await add("blue", "teams", { name: "Blue" });
  await add("annRed", "memberships", { team: ids["red"], user: ids["ann"], since: "2024-02-29" });
  await add("bobRed", "memberships", { team: ids["red"], user: ids["bob"] });
  await add("eveBlue", "memberships", { team: ids["blue"], user: ids["eve"] });
  await add("open", "projects", {
    team: ids["red"],
    owner: ids["ann"],
    title: "Open house",
    open: true,
    budget: "1000.10",
    notes: "Call the mayor",
    status: "running",
  });
  await add("closed", "projects", {
    team: ids["red"],
    owner: ids["ann"],
    title: "Closed doors",
    budget: "99.99",
    notes: "Hidden wishes",
  });
  await add("secret", "projects", { team: ids["blue"], owner: ids["eve"], title: "Secret garden", budget: "5", notes: "Roses" });
  await add("paint", "tasks", {
    project: ids["open"],
    assignee: ids["bob"],
    reviewer: ids["ann"],
    title: "Paint",
    points: 5,
    effort: 1.5,
    due: "2026-12-01T12:00:00.000Z",
    data: { tags: ["wall", "red"], size: { w: 3 } },
  });
  await add("clean", "tasks", { project: ids["open"], title: "Clean", points: 2, data: { tags: ["floor"], n: 7 } });
  await add("lock", "tasks", { project: ids["closed"], assignee: ids["bob"], title: "Lock", points: 8 });
  await add("dig", "tasks", { project: ids["secret"], assignee: ids["eve"], title: "Dig", points: 13 });
  await add("bill", "invoices", { team: ids["red"], amount: "12345678.90" });
  const actor = (name: string, roles: readonly string[] = []): Actor => ({ id: ids[name] ?? "", roles, claims: {} });
  return { ann: actor("ann"), bob: actor("bob"), eve: actor("eve"), editor: actor("editor", ["editor"]), ids };
}
