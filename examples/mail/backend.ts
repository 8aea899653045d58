import { cron, defineBackend, defineSchema, email, enums, everyone, functionsOf, jobsOf, nobody, text, url } from "chassis";
import { button, heading, link, list, mail, paragraph, small } from "chassis/mail";
import { z } from "zod";

const schema = defineSchema({
  members: { name: text().min(1).max(80), address: email().unique(), language: enums("en", "nl") },
  books: { title: text().min(1).max(200), page: url() },
});

/** To whoever joins. */
const welcome = mail({
  input: z.object({ name: z.string(), club: z.url() }),
  languages: {
    en: {
      subject: ({ name }) => `Welcome, ${name}`,
      body: ({ name, club }) => [
        heading(`Welcome, ${name}`),
        paragraph("Every month we read a book, and talk about it over soup."),
        button("See what we read", club),
        small("You get this mail because you joined the reading club."),
      ],
    },
    nl: {
      subject: ({ name }) => `Welkom, ${name}`,
      body: ({ name, club }) => [
        heading(`Welkom, ${name}`),
        paragraph("Elke maand lezen we een boek, en praten erover bij de soep."),
        button("Bekijk wat we lezen", club),
        small("Je krijgt deze mail omdat je lid bent geworden van de leesclub."),
      ],
    },
  },
});

/** Bulk mail: whoever leaves the list `books` gets it no more, and still gets all other mail. */
const newBooks = mail({
  list: "books",
  input: z.object({ books: z.array(z.object({ title: z.string(), page: z.url() })).readonly() }),
  languages: {
    en: {
      subject: ({ books }) => (books.length === 1 ? "A new book" : `${books.length} new books`),
      body: ({ books }) => [heading("What we read next"), list(books.map(({ title, page }) => link(page, title)))],
    },
    nl: {
      subject: ({ books }) => (books.length === 1 ? "Een nieuw boek" : `${books.length} nieuwe boeken`),
      body: ({ books }) => [heading("Wat we hierna lezen"), list(books.map(({ title, page }) => link(page, title)))],
    },
  },
});

const { job } = jobsOf(schema);
const { mutation } = functionsOf(schema);

/** A mail to each member. They are handed over together, and once: when the job is run again, there are none of them, or it is done. */
const announce = job({}, async ({ db, complete }) => {
  const monthAgo = new Date(Date.now() - 30 * 86_400_000).toISOString();
  const books = await db.books.list({ where: { created: { gte: monthAgo } }, select: ["title", "page"] });
  const members = await db.members.list({ select: ["name", "address", "language"] });
  if (books.length === 0) return;
  await complete(async (_db, enqueue) => {
    for (const { name, address, language } of members)
      await enqueue(newBooks, { to: { name, address }, language, data: { books } });
  });
});

export default defineBackend(schema, {
  rules: { members: () => ({ read: nobody, write: nobody }), books: () => ({ read: everyone, write: nobody }) },
  functions: {
    join: mutation(
      { input: z.object({ name: z.string(), address: z.email(), language: z.enum(["en", "nl"]) }), access: everyone },
      async ({ db, input, enqueue }) => {
        await db.asSystem().members.create(input);
        // Part of the same transaction: who could not join gets no mail.
        await enqueue(welcome, {
          to: { name: input.name, address: input.address },
          language: input.language,
          data: { name: input.name, club: "https://club.example/books" },
        });
      },
    ),
  },
  jobs: { announce },
  crons: { monthly: cron("0 9 1 * *", announce, { timeZone: "Europe/Amsterdam" }) },
  mails: { welcome, newBooks },
  mail: {
    from: "Reading club <hello@club.example>",
    languages: ["en", "nl"],
    brand: {
      name: "Reading club",
      colour: "#0f766e",
      footer: { en: "Reading club, Canal Street 1, Utrecht", nl: "Leesclub, Kanaalstraat 1, Utrecht" },
    },
  },
});
