import { QueryClient } from "@tanstack/react-query";
import { createClient } from "chassis/client";
import { createQueries } from "chassis/react";
import { hydrateRoot } from "react-dom/client";
import type backend from "../../../examples/react/backend.ts";
import { Site } from "./site.tsx";

const api = createClient<typeof backend>();
const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
const q = createQueries(api, queryClient);
const state = JSON.parse(document.getElementById("state")?.textContent ?? "");
hydrateRoot(document.getElementById("site") as HTMLElement, <Site ground={{ api, queryClient, q, state }} />);
