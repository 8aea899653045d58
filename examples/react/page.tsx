import { QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { Books } from "./books.tsx";
import { Notes } from "./notes.tsx";
import { queryClient } from "./queries.ts";

createRoot(document.body).render(
  <QueryClientProvider client={queryClient}>
    <Books />
    <Notes />
  </QueryClientProvider>,
);
