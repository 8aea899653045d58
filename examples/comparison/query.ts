// task: query
import { createClient } from "chassis/client";
import type backend from "./backend.ts";

const api = createClient<typeof backend>("http://localhost:4000");
export const reviews = await api.reviews.list({
  where: { stars: { gte: 4 }, school: { country: "nl" } },
  include: { school: { select: ["name"] }, author: { select: ["name"] } },
  orderBy: { created: "desc" },
  limit: 20,
});
