import { QueryClient } from "@tanstack/react-query";
import { createClient } from "chassis/client";
import { createQueries } from "chassis/react";
import type backend from "./backend.ts";

export const api = createClient<typeof backend>();
export const queryClient = new QueryClient();
export const q = createQueries(api, queryClient);
