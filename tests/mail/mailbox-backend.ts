import { z } from "zod";
import { defineBackend, defineSchema, everyone, functionsOf, jobsOf, nobody, text } from "chassis";
import { button, divider, emphasis, heading, link, list, mail, paragraph, quote, rows, small, strong } from "chassis/mail";

const schema = defineSchema({ readers: { name: text(), address: text().max(320) } });
const { job } = jobsOf(schema);
const { mutation } = functionsOf(schema);

/** Everything that a mail can be made of. */
const digest = mail({
  input: z.object({ name: z.string(), quoted: z.string() }),
  list: "weekly-digest",
  subject: ({ name }) => `${name}, three new reviews of the schools that you saved`,
  body: ({ name, quoted }) => [
    heading("New this week"),
    paragraph("Dear ", strong(name), ", these schools that you saved have ", emphasis("new reviews"), "."),
    rows([
      ["Utrecht University", "2 reviews"],
      ["TU Delft", "1 review"],
    ]),
    quote(quoted),
    list(["Read what others say", ["Or write one yourself, at ", link("https://pathways.example/account", "your page")]]),
    button("See all reviews", "https://pathways.example/saved?from=mail"),
    divider(),
    small("You get this because you saved a school."),
  ],
});

const welcome = mail({
  input: z.object({ name: z.string() }),
  subject: ({ name }) => `Welcome, ${name}`,
  body: ({ name }) => [
    heading(`Welcome, ${name}`),
    paragraph("One thing is left to do."),
    button("Confirm your address", "https://pathways.example/confirm?code=1"),
  ],
});

const greet = job({ input: z.object({ name: z.string(), address: z.string() }) }, async ({ input, transaction }) => {
  const { name, address } = input;
  await transaction(async (db, enqueue) => {
    await db.readers.create({ name, address });
    await enqueue(welcome, { to: { address, name }, data: { name } });
  });
});

/** Readers join by a function, whose job greets them by mail. */
export const mailboxBackend = defineBackend(schema, {
  rules: { readers: () => ({ read: nobody, write: nobody }) },
  mails: { digest, welcome },
  mail: {
    from: "hello@pathways.example",
    brand: {
      name: "Pathways",
      colour: "#00705a",
      footer: { en: "Pathways, Spring Street 1\n1012 AB Amsterdam", nl: "Pathways, Lentestraat 1\n1012 AB Amsterdam" },
    },
    unsubscribePage: { nl: { leave: "Stop deze mails" } },
  },
  jobs: { greet },
  functions: {
    join: mutation(
      { input: z.object({ name: z.string(), address: z.string() }), access: everyone },
      async ({ input, enqueue }) => {
        await enqueue(greet, input);
      },
    ),
    send: mutation(
      { input: z.object({ name: z.string(), quoted: z.string(), to: z.string() }), access: everyone },
      async ({ input: { to, ...data }, enqueue }) => {
        await enqueue(digest, { to, data });
      },
    ),
  },
});
