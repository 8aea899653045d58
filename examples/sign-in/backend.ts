import { bool, defineBackend, defineSchema, enums, everyone, nobody, ref, text } from "chassis";

const schema = defineSchema({
  users: { name: text().min(1).max(80), diet: enums("anything", "vegetarian", "vegan"), agreed: bool() },
  recipes: { cook: ref("users").defaultToActor().immutable(), title: text().min(1).max(120) },
});

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
    recipes: ({ row, me }) => ({ read: everyone, write: row.cook.eq(me.id) }),
  },
  auth: {
    pages: {
      fields: {
        name: { en: "Your name", nl: "Je naam" },
        diet: { label: { en: "You eat", nl: "Je eet" }, options: { anything: { en: "Anything", nl: "Alles" } } },
        agreed: { en: "I cook what I publish", nl: "Ik kook wat ik publiceer" },
      },
      texts: { en: { signUpTitle: "Join the kitchen" }, nl: { signUpTitle: "Kom in de keuken" } },
    },
  },
  mail: { from: "Kitchen <hello@kitchen.example>", brand: { name: "Kitchen", colour: "#b45309" } },
  routes: (app) => async (request) => {
    const { me, db } = await app.as(request);
    const user = me && (await db.users.get(me.id));
    const who = user
      ? `<p>Hello, ${escape(user.name)}.</p>
         <p><a href="/auth/account">Your account</a></p>
         <form method="post" action="/auth/sign-out"><input type="hidden" name="to" value="/"><button>Sign out</button></form>`
      : `<p><a href="/auth/sign-in?to=/">Sign in</a> or <a href="/auth/sign-up?to=/">sign up</a></p>`;
    return new Response(`<!doctype html><html lang="en"><title>Kitchen</title><h1>Kitchen</h1>${who}`, {
      headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
    });
  },
});
