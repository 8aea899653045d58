/** The options for TanStack Query: what must compile, to which types, and what must not. Checked by `npm run types`; nothing here runs. */
import { QueryClient, skipToken, useInfiniteQuery, useMutation, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { defineBackend, defineSchema, everyone, integer, mutation, nobody, query, ref, table, text } from "chassis";
import { type ChassisError, createClient } from "chassis/client";
import { createQueries } from "chassis/react";
import { z } from "zod";

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
function same<A, B>(_same: Same<A, B>): void {}

const schema = defineSchema({
  schools: { name: text() },
  reviews: { school: ref("schools"), stars: integer(), body: text() },
  session: { size: integer() },
  pages: table({ title: text() }, { history: true }),
});
const open = () => ({ read: everyone, write: nobody });
const backend = defineBackend(schema, {
  rules: { schools: open, reviews: open, session: open, pages: open },
  functions: {
    compare: query({ access: everyone, input: z.object({ ids: z.array(z.string()) }) }, () => [{ at: new Date() }]),
    rename: mutation({ access: everyone, input: z.object({ name: z.string() }) }, () => 1),
    tidy: mutation({ access: everyone }, () => "done"),
  },
});
const queryClient = new QueryClient();
const q = createQueries(createClient<typeof backend>("https://example.org"), queryClient);

export function reads(id: string | undefined): void {
  const { data, error } = useQuery(
    q.reviews.list({ where: { stars: { gte: 4 } }, select: ["stars"], include: { school: { select: ["name"] } } }),
  );
  same<typeof error, ChassisError | null>(true);
  const [row] = data ?? [];
  const stars: number | undefined = row?.stars;
  const name: string | undefined = row?.school?.name;
  // @ts-expect-error it was not selected
  void row?.body;
  same<ReturnType<typeof useSuspenseQuery<number>>["data"], number>(true);
  const count: number = useSuspenseQuery(q.reviews.count({ where: { stars: 5 } })).data;
  useQuery({ ...q.reviews.get(id ?? ""), enabled: id !== undefined });
  useQuery(id === undefined ? { queryKey: ["none"], queryFn: skipToken } : q.reviews.get(id));
  const total = useQuery({ ...q.reviews.list(), select: (rows) => rows.length });
  same<typeof total.data, number | undefined>(true);
  // Typed by its key.
  const held = queryClient.getQueryData(q.reviews.list({ select: ["stars"] }).queryKey);
  const first: number | undefined = held?.[0]?.stars;
  const pages = useInfiniteQuery(q.reviews.pages({ select: ["body"], pageSize: 20 }));
  const bodies: string[] | undefined = pages.data?.pages.flatMap((page) => page.rows.map(({ body }) => body));
  void queryClient.prefetchInfiniteQuery(q.reviews.pages());
  void [stars, name, count, first, bodies];
  // @ts-expect-error no such column
  q.reviews.list({ where: { starz: 1 } });
  // @ts-expect-error no such relation
  q.reviews.list({ include: { schol: true } });
  // @ts-expect-error TanStack Query has its own signal
  q.reviews.list({ signal: new AbortController().signal });
  // @ts-expect-error reviews have no history
  q.reviews.versions("1");
  q.pages.versions("1");
  q.table("session").list();
  same<ReturnType<typeof q.session>["retry"], ReturnType<typeof q.pages.list>["retry"]>(true);
}

export function writes(): void {
  const create = useMutation(q.reviews.create());
  create.mutate({ school: "1", stars: 5, body: "" });
  // @ts-expect-error stars are a number
  create.mutate({ school: "1", stars: "5", body: "" });
  same<typeof create.error, ChassisError | null>(true);
  const version: number | undefined = create.data?.version;
  const update = useMutation({ ...q.reviews.update({ changes: ["reviews"] }), onMutate: ({ id }) => ({ before: id }) });
  update.mutate({ id: "1", set: { stars: 4 }, version: 2 });
  // @ts-expect-error no such table
  q.reviews.update({ changes: ["review"] });
  // @ts-expect-error many writes cannot have one key
  q.reviews.create({ idempotencyKey: "1" });
  useMutation(q.reviews.delete()).mutate({ id: "1" });
  // @ts-expect-error pages have a history, reviews have none
  q.reviews.restore();
  useMutation(q.pages.restore()).mutate({ id: "1", version: 1 });
  useMutation(q.fn.rename()).mutate({ name: "x" });
  useMutation(q.fn.tidy()).mutate();
  const compared = useQuery(q.fn.compare({ ids: ["1"] }));
  const at: string | undefined = compared.data?.[0]?.at;
  // @ts-expect-error a mutation is no query: it would run whenever the page is looked at
  useQuery(q.fn.tidy());
  void [version, at];
}
