import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { q } from "./queries.ts";

/** All books, ten at a time, and a form for one more. */
export function Books() {
  const books = useInfiniteQuery(q.books.pages({ orderBy: { title: "asc" }, select: ["id", "title"], pageSize: 10 }));
  const create = useMutation(q.books.create());
  if (books.isPending) return <p>One moment…</p>;
  if (books.isError) return <p role="alert">{books.error.message}</p>;
  return (
    <section aria-label="Books">
      <ul>
        {books.data.pages.map(({ rows }) => rows.map(({ id, title }) => <li key={id}>{title}</li>))}
        {create.isPending && <li>{create.variables.title}</li>}
      </ul>
      {books.hasNextPage && <button onClick={() => void books.fetchNextPage()}>More</button>}
      <form action={(form) => create.mutate({ title: form.get("title") as string })}>
        <input name="title" aria-label="Title" />
        <button>Add</button>
        {create.isError && <p role="alert">{create.error.fields[0]?.message ?? create.error.message}</p>}
      </form>
    </section>
  );
}
