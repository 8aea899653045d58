import { bool, defineBackend, defineSchema, enums, everyone, integer, nobody, text } from "chassis";

const schema = defineSchema({
  users: {
    name: text().min(1).max(80),
    track: enums("self-guided", "bootcamp", "degree"),
    nick: text().min(2).optional().unique(),
    about: text().max(500).optional(),
    years: integer().min(0).max(80).optional(),
    agreed: bool(),
  },
});

/** People of whom all kinds of things are asked, in the look of a brand. */
export const pagePeople = defineBackend(schema, {
  rules: { users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }) },
  auth: {
    pages: {
      home: "/welcome",
      fields: {
        name: { label: { en: "Your name", nl: "Je naam" }, hint: { en: "As others see it.", nl: "Zoals anderen die zien." } },
        nick: "Nickname",
        about: "A few words about you",
        years: "Years of experience",
        agreed: "I keep to the rules",
      },
    },
  },
  mail: {
    brand: { name: "Pathways", colour: "#0f766e", footer: { en: "A guide to becoming a back-end developer", nl: "Een gids" } },
  },
  routes: (app) => async (request) => {
    const { me } = await app.as(request);
    const { pathname, search } = new URL(request.url);
    return new Response(
      `<!doctype html><title>${pathname}</title><h1>Here</h1><p>${me?.id ?? "nobody"}</p><p>${search.length}</p>`,
      {
        headers: { "content-type": "text/html" },
      },
    );
  },
});
