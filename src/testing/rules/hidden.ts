import type { Records } from "#application";
import { type Actor, AppError } from "#contract";
import type { AccessWorld, RuledAccess } from "./ruled-access.ts";

type Query = Parameters<Records["read"]>[0];

/** The ways by which somebody is told of a row, or of the value of a field in it; none where it is hidden from them. */
export async function assertHidden(
  access: RuledAccess,
  { world, actor }: { readonly world: AccessWorld; readonly actor: Actor | null },
): Promise<readonly string[]> {
  const { question } = access;
  if (question === undefined) return [];
  const { table, field } = question;
  const told: string[] = [];
  const found = async (way: string, look: () => Promise<boolean>): Promise<void> => {
    if (await quietly(look)) told.push(way);
  };
  const base: Pick<Query, "table" | "form"> = { table: table.name, form: "json" };
  const isId = { type: "compare", path: { column: table.key.name, json: [] }, operator: "eq", value: 0 } as const;
  await found("reading it", async () => (await access.tryAs(actor)).isAllowed);
  if (field !== undefined) {
    const isGiven = { type: "is", path: { column: field.name, json: [] }, value: "null" } as const;
    await found("filtering by it", async () => {
      const where = { type: "and", conditions: [isId, { type: "not", condition: isGiven }] } as const;
      return (await world.records.read({ ...base, selection: { items: [], where }, values: [access.id] }, actor)).rows > 0;
    });
    return told;
  }
  await found("listing", async () => {
    const { rows } = await world.records.read({ ...base, selection: { items: [], where: isId }, values: [access.id] }, actor);
    return rows > 0;
  });
  await found("counting", async () => {
    const { total } = await world.records.read(
      { ...base, selection: { items: [], where: isId }, values: [access.id], count: "exact" },
      actor,
    );
    return (total?.count ?? 0) > 0;
  });
  for (const can of ["update", "delete"] as const)
    await found(can === "update" ? "changing it" : "deleting it", async () => (await access.as(can).tryAs(actor)).isAllowed);
  return told;
}

/** Who is refused is told nothing. */
async function quietly(look: () => Promise<boolean>): Promise<boolean> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof AppError && error.error !== "internal") return false;
    throw error;
  }
}
