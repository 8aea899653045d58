import { everyone, functionsOf } from "chassis";
import { z } from "zod";
import { compareLimit } from "./pages/compare.ts";
import { schema } from "./schema.ts";
import { createStore } from "./site/records-store.ts";

const functions = functionsOf(schema);

const domains = z.object({ domains: z.array(z.string().max(253)).min(1).max(compareLimit) });

/** The schools of up to four domains, in the order asked for; a domain of no school is left out. */
export const compare = functions.query({ input: domains, access: everyone }, ({ db, me, input }) =>
  createStore(db, me).compare(input.domains),
);
