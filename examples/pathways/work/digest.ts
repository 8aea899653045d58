import { jobsOf } from "chassis";
import { z } from "zod";
import { newReviews, type SchoolInMail } from "../mails/new-reviews.ts";
import { schema } from "../schema.ts";

const { job } = jobsOf(schema);

const week = 7 * 86_400_000;
const mostSchools = 10;
const mostReviews = 5;
/** Readers whose jobs are handed over in one go. */
const batch = 500;

/** Every week: hands over a job for each reader, in batches that go on where they stopped. */
export const sendDigests = job(
  { input: z.object({ until: z.iso.datetime() }) },
  async ({ input, db, transaction, step, progress }) => {
    const readers = await db.users.count({ where: { digest: true } });
    let after = "";
    for (let number = 0; ; number++) {
      const last: string | null = await step(`batch-${number}`, () =>
        transaction(async (own, enqueue) => {
          const users = await own.users.list({
            where: { digest: true, id: { gt: after } },
            select: ["id"],
            orderBy: { id: "asc" },
            limit: batch,
          });
          for (const { id } of users) await enqueue(writeDigest, { user: id, until: input.until }, { unique: id });
          return users.at(-1)?.id ?? null;
        }),
      );
      if (last === null) return;
      after = last;
      progress(Math.min(1, ((number + 1) * batch) / readers));
    }
  },
);

/** What is new for one reader since their last digest; nothing is sent where nothing is. */
export const writeDigest = job(
  { input: z.object({ user: z.string(), until: z.iso.datetime() }), queue: "digests" },
  ({ input: { user: id, until }, complete }) =>
    // The mail and how far it reaches are kept together: no review is told twice, and none is left out.
    complete(async (db, enqueue) => {
      const user = await db.users.get(id);
      if (user?.digest !== true || user.address === null) return;
      const since = user.digested ?? new Date(Date.parse(until) - week).toISOString();
      if (since >= until) return;
      const schools = await db.schools.list({
        where: {
          saved_schools: { some: { owner: id } },
          reviews: { some: { created: { gte: since, lt: until }, author: { neq: id } } },
        },
        select: ["id", "name", "domain"],
        orderBy: { sort_name: "asc" },
      });
      await db.users.update(id, { digested: until });
      if (schools.length === 0) return;
      const told: SchoolInMail[] = [];
      for (const school of schools.slice(0, mostSchools)) {
        const where = { school: school.id, created: { gte: since, lt: until }, author: { neq: id } };
        const reviews = await db.reviews.list({
          where,
          select: ["stars", "body"],
          include: { author: { select: ["name"] } },
          orderBy: { created: "asc" },
          limit: mostReviews,
        });
        const count = await db.reviews.count({ where });
        told.push({
          name: school.name,
          domain: school.domain,
          more: count - reviews.length,
          reviews: reviews.map(({ author, stars, body }) => ({ author: author?.name ?? "Somebody", stars, body: shorten(body) })),
        });
      }
      await enqueue(newReviews, {
        to: { address: user.address, name: user.name },
        data: { name: user.name, schools: told, moreSchools: schools.length - told.length },
      });
    }),
);

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= 600 ? text : `${characters.slice(0, 600).join("").trimEnd()}…`;
}
