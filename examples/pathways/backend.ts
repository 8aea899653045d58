import { defineBackend } from "chassis";
import { routes } from "./routes.ts";
import { rules } from "./rules.ts";
import { schema } from "./schema.ts";
import { seedSchools } from "./schools/seed-schools.ts";

export default defineBackend(schema, { rules, seed: seedSchools, routes });
