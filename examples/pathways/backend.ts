import { defineBackend } from "chassis";
import { compare } from "./functions.ts";
import { routes } from "./routes.ts";
import { rules } from "./rules.ts";
import { schema } from "./schema.ts";
import { seedSchools } from "./schools/seed-schools.ts";

export default defineBackend(schema, { rules, functions: { compare }, seed: seedSchools, routes });
