import {
  type DehydratedState,
  HydrationBoundary,
  type QueryClient,
  QueryClientProvider,
  useMutation,
  useQuery,
  useQueryClient,
  useSuspenseQuery,
} from "@tanstack/react-query";
import type { Client } from "chassis/client";
import type { Queries } from "chassis/react";
import { Component, createContext, type ReactNode, StrictMode, Suspense, useContext, useState } from "react";
import type backend from "../../../examples/react/backend.ts";

/** What a page of the site stands on, on the server and in the browser. */
export interface Ground {
  readonly api: Client<typeof backend>;
  readonly queryClient: QueryClient;
  readonly q: Queries<typeof backend>;
  readonly state: DehydratedState;
}

const GroundContext = createContext<Ground | undefined>(undefined);

function useSite(): Ground {
  const ground = useContext(GroundContext);
  if (ground === undefined) throw new Error("There is no site around this.");
  return ground;
}

export function Site({ ground }: { readonly ground: Ground }): ReactNode {
  return (
    <StrictMode>
      <QueryClientProvider client={ground.queryClient}>
        <HydrationBoundary state={ground.state}>
          <GroundContext value={ground}>
            <Suspense fallback={<p>One moment…</p>}>
              <Books />
            </Suspense>
            <Mistake />
            <Reader />
          </GroundContext>
        </HydrationBoundary>
      </QueryClientProvider>
    </StrictMode>
  );
}

function Books(): ReactNode {
  const { q } = useSite();
  const queryClient = useQueryClient();
  const list = q.books.list({ orderBy: { title: "asc" } });
  const { data } = useSuspenseQuery(list);
  const lend = useMutation({
    ...q.books.update(),
    onMutate: async ({ id, set }) => {
      await queryClient.cancelQueries(list);
      const before = queryClient.getQueryData(list.queryKey);
      queryClient.setQueryData(list.queryKey, (books) =>
        books?.map((book) => (book.id === id ? { ...book, copies: set.copies ?? book.copies } : book)),
      );
      return { before };
    },
    onError: (_error, _variables, held) => queryClient.setQueryData(list.queryKey, held?.before),
  });
  return (
    <ul aria-label="Books">
      {data.map(({ id, title, copies }) => (
        <li key={id}>
          {title}: {copies} <button onClick={() => lend.mutate({ id, set: { copies: copies - 1 } })}>Lend {title}</button>
        </li>
      ))}
    </ul>
  );
}

/** Asks for what is refused, once somebody wants it. */
function Mistake(): ReactNode {
  const [isWanted, want] = useState(false);
  if (!isWanted) return <button onClick={() => want(true)}>Make a mistake</button>;
  return (
    <Boundary>
      <Suspense fallback={<p>It is being made.</p>}>
        <Refused />
      </Suspense>
    </Boundary>
  );
}

function Refused(): ReactNode {
  const { q } = useSite();
  const { data } = useSuspenseQuery(q.books.get("no id"));
  return <p>{data?.title}</p>;
}

class Boundary extends Component<{ readonly children: ReactNode }, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {};

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error };
  }

  override render(): ReactNode {
    return this.state.error === undefined ? this.props.children : <p role="alert">{this.state.error.message}</p>;
  }
}

function Reader(): ReactNode {
  const { api, q } = useSite();
  const session = useQuery(q.session());
  const notes = useQuery({ ...q.notes.list(), enabled: typeof session.data?.user === "string" });
  if (!session.data) return <p>Nobody is signed in.</p>;
  return (
    <section>
      <button onClick={() => void api.auth.signOut()}>Sign out {session.data.email}</button>
      {notes.data?.map(({ id, body }) => (
        <p key={id}>{body}</p>
      ))}
    </section>
  );
}
