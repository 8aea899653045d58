/** A page, or some of it, that stands in the compact reference. */
export interface Part {
  readonly page: string;
  /** The headings that are taken with what is under them; all of the page where there are none. `""` is what stands before the first. */
  readonly only?: readonly string[];
  /** Headings of whose sections the tables alone are taken. */
  readonly tablesOf?: readonly string[];
  /** Headings that are left out. */
  readonly without?: readonly string[];
  /** Files of the page whose code is left out, by their titles. */
  readonly withoutFiles?: readonly string[];
}

/** What somebody needs to write a back end, in the order in which they need it. What is for those who run one is not here. */
export const parts: readonly Part[] = [
  { page: "reference/schema", without: ["Secrets"] },
  { page: "reference/rules", without: ["What hidden means"] },
  { page: "learn/functions" },
  { page: "reference/db", without: ["Queries as data"] },
  { page: "learn/routes" },
  { page: "learn/jobs", only: ["", "What a handler gets"], tablesOf: ["When and how often"] },
  { page: "learn/triggers", only: [""] },
  { page: "learn/mail", only: [""], tablesOf: ["What a mail says"] },
  {
    page: "learn/client",
    only: ["", "Rows", "Functions", "All of it or nothing", "When it goes wrong"],
    withoutFiles: ["reading.ts"],
  },
  { page: "learn/react", only: ["", "Lists, pages and a form", "After a write"], withoutFiles: ["backend.ts"] },
  { page: "learn/testing", only: ["The first test", "Who may do what", "Time, jobs and mails"] },
];
