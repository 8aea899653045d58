import type { Part } from "./parts.ts";

export interface SkillGroup {
  readonly name: string;
  readonly advice: string;
  /** The part of the back end where it is used most. */
  readonly part: Part["slug"];
  readonly skills: readonly string[];
}

export const skillGroups: readonly SkillGroup[] = [
  {
    name: "Languages",
    advice: "One is enough to begin with. All five have work to offer.",
    part: "application",
    skills: ["Python", "JavaScript", "Java", "PHP", "Ruby"],
  },
  {
    name: "Frameworks",
    advice: "Each belongs to a language: Spring to Java, Django to Python, Express.js to JavaScript.",
    part: "application",
    skills: ["Spring", "Django", "Express.js"],
  },
  {
    name: "Runtime",
    advice: "Runs JavaScript outside of the browser, on the server.",
    part: "server",
    skills: ["Node.js"],
  },
  {
    name: "Databases and their language",
    advice: "The products differ. SQL is the part that you take with you.",
    part: "database",
    skills: ["SQL", "MySQL", "Oracle Database"],
  },
  {
    name: "Between systems",
    advice: "How programs talk to each other, and how they know who is talking.",
    part: "application",
    skills: ["APIs", "Authentication"],
  },
  {
    name: "The network",
    advice: "What lies between your server and everybody, friendly or not.",
    part: "server",
    skills: ["Network configuration", "Security"],
  },
  {
    name: "The craft",
    advice: "What lets you change code next year and still sleep.",
    part: "application",
    skills: ["Version control", "Testing"],
  },
];
