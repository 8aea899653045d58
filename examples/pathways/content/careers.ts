export interface Career {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly education: string;
  /** Projected growth of employment from 2021 to 2031, in per cent. */
  readonly growth: number;
  /** Median annual salary, US dollars. */
  readonly salary: number;
  readonly industries: readonly string[];
}

export const careers: readonly Career[] = [
  {
    slug: "web-developer",
    title: "Web Developer",
    summary: "Builds and looks after websites: how they work, how fast they answer, how much traffic they bear.",
    education: "High school diploma to a bachelor's degree",
    growth: 23,
    salary: 78_300,
    industries: ["Computer systems design", "Publishing", "Consulting", "Advertising"],
  },
  {
    slug: "software-engineer",
    title: "Software Engineer",
    summary: "Designs whole systems and sees them through: what the parts are, how they fit, how they are tested and kept alive.",
    education: "Bachelor's degree",
    growth: 25,
    salary: 109_020,
    industries: ["Computer systems design", "Manufacturing", "Publishing", "Management", "Insurance"],
  },
];

export const careersSource =
  "Outlook for 2021 to 2031 and median annual salaries in the United States, as given in an article on back-end development last updated on 28 September 2023";
