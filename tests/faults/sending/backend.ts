import { AppError, defineBackend, defineSchema, everyone, functionsOf, nobody, text, webhooksOf } from "chassis";
import { mail, paragraph } from "chassis/mail";
import { z } from "zod";

/** Each note is told to receivers of webhooks, and where that is asked for in a mail. */
const schema = defineSchema({ notes: { slug: text().max(60).unique() } });
const { mutation } = functionsOf(schema);
const { webhook } = webhooksOf(schema);

const notice = mail({
  input: z.object({ slug: z.string() }),
  subject: ({ slug }) => `Note ${slug}`,
  body: ({ slug }) => [paragraph(`There is a note ${slug}. `.repeat(60))],
});

export default defineBackend(schema, {
  rules: { notes: () => ({ read: everyone, write: nobody }) },
  webhooks: { "note.created": webhook("notes", { on: ["create"], select: ["slug"] }) },
  mails: { notice },
  mail: { from: "Notes <notes@example.org>" },
  functions: {
    write: mutation(
      {
        access: everyone,
        input: z.object({ slug: z.string().max(60), fail: z.boolean().default(false), to: z.string().optional() }),
      },
      async ({ db, input: { slug, fail, to }, enqueue }) => {
        await db.asSystem().notes.create({ slug });
        if (to !== undefined) await enqueue(notice, { to, data: { slug } });
        if (fail) throw new AppError("checkViolation");
        return slug;
      },
    ),
  },
  routes: (app) => async (request) => {
    if (new URL(request.url).pathname !== "/endpoints") return new Response("page");
    const { url } = (await request.json()) as { readonly url: string };
    return Response.json(await app.webhooks.add({ url }));
  },
});
