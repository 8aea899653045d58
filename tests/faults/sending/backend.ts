import { AppError, defineBackend, defineSchema, everyone, functionsOf, nobody, text, webhooksOf } from "chassis";
import { z } from "zod";

/** Each note is told to receivers of webhooks, and where that is asked for in a mail. */
const schema = defineSchema({ notes: { slug: text().max(60).unique() } });
const { mutation } = functionsOf(schema);
const { webhook } = webhooksOf(schema);

export default defineBackend(schema, {
  rules: { notes: () => ({ read: everyone, write: nobody }) },
  webhooks: { "note.created": webhook("notes", { on: ["create"], select: ["slug"] }) },
  functions: {
    write: mutation(
      { access: everyone, input: z.object({ slug: z.string().max(60), fail: z.boolean().default(false) }) },
      async ({ db, input: { slug, fail } }) => {
        await db.asSystem().notes.create({ slug });
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
