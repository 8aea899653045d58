/** The three parts of a back end, in the order a request meets them. `line` is the part's colour in the site's map. */
export interface Part {
  readonly slug: "server" | "application" | "database";
  readonly name: string;
  readonly task: string;
  readonly explanation: readonly string[];
  /** What goes wrong where it is missing or weak. */
  readonly failure: string;
  /** The skills of the skills page that belong to it. */
  readonly skills: readonly string[];
}

export const parts: readonly Part[] = [
  {
    slug: "server",
    name: "The server",
    task: "Receives and sends",
    explanation: [
      "Everything a visitor does arrives here first: a page asked for, a form sent, a file uploaded. The server takes the request in, hands it on, and carries the answer back.",
      "It decides nothing about the content. Its virtues are those of a good doorkeeper: always there, quick, and careful about who gets through.",
    ],
    failure: "When it is slow, everything behind it looks slow, however good it is.",
    skills: ["Node.js", "Network configuration", "Security"],
  },
  {
    slug: "application",
    name: "The application",
    task: "Processes and decides",
    explanation: [
      "Here is the code that knows what the website is for. It reads a request, works out what should happen, and writes the response.",
      "Languages and frameworks live in this part, and most of a back-end developer's day does too.",
    ],
    failure: "When it is wrong, the answer arrives on time and nobody can use it.",
    skills: ["Python", "JavaScript", "Java", "PHP", "Ruby", "Spring", "Django", "Express.js", "APIs", "Authentication"],
  },
  {
    slug: "database",
    name: "The database",
    task: "Organises and keeps",
    explanation: [
      "What must outlast the request goes here: accounts, orders, articles, reviews. The database puts it in order, so that it can be found again, and guards it.",
      "The application asks for data in a query language, most often SQL.",
    ],
    failure: "When it fails, what people entrusted to the site is gone or in the wrong hands.",
    skills: ["SQL", "MySQL", "Oracle Database"],
  },
];

/** What the three must be together for people to be well served. */
export const together: readonly { readonly quality: string; readonly meaning: string }[] = [
  { quality: "Smooth and responsive", meaning: "One part waiting for another is the visitor waiting for all three." },
  { quality: "Accurate", meaning: "The answer is the one to the question that was asked, and it is up to date." },
  { quality: "Secure", meaning: "It reaches the person it is meant for and nobody else." },
  { quality: "Readable", meaning: "Raw records become something that a person can take in." },
];

export const slowness = {
  share: 73,
  statement: "of visitors think about leaving an organisation whose website is slow and works badly.",
  source: "Study by Eggplant, a UX testing company, 2018",
} as const;
