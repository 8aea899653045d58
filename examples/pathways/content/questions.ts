export interface Question {
  readonly slug: string;
  readonly question: string;
  readonly answer: readonly string[];
  readonly more: { readonly label: string; readonly address: string };
}

export const questions: readonly Question[] = [
  {
    slug: "three-parts",
    question: "What are the three parts of a back end?",
    answer: [
      "The server, the application and the database. The server receives requests and sends answers, the application works out what each answer is, the database keeps the data behind it in order and safe.",
      "A visitor never sees them apart. If one of them is slow or wrong, the website is.",
    ],
    more: { label: "The three parts, one by one", address: "/parts" },
  },
  {
    slug: "languages",
    question: "Which languages do back-end developers use?",
    answer: [
      "Python, JavaScript, Java, PHP and Ruby are the ones you meet most, and SQL beside any of them.",
      "Begin with one that is widely used and stay with it until you can build something whole. The second takes a fraction of the time.",
    ],
    more: { label: "All the skills", address: "/skills" },
  },
  {
    slug: "sql",
    question: "Do back-end developers use SQL?",
    answer: [
      "Yes. It is how an application asks most databases for data and tells them what to keep. A framework may write much of it for you, and you will still read it on the day that a page turns slow.",
    ],
    more: { label: "Where SQL comes in the order of learning", address: "/skills#order" },
  },
  {
    slug: "easy",
    question: "Is it easy to become one?",
    answer: [
      "It is work: several skills that build on each other, and months at the least. It is also open to many, since there are three ways in, and one of them costs little more than time.",
      "How hard it feels depends much on whether the way suits you.",
    ],
    more: { label: "The three pathways compared", address: "/pathways" },
  },
];
