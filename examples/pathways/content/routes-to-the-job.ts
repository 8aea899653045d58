/** A way of learning the job. In the order of the time that it takes. */
export interface Route {
  readonly slug: "bootcamp" | "self-guided" | "degree";
  readonly name: string;
  readonly takes: string;
  readonly suits: string;
  readonly inFavour: readonly string[];
  readonly against: readonly string[];
}

export const routes: readonly Route[] = [
  {
    slug: "bootcamp",
    name: "Bootcamp",
    takes: "13 weeks on average",
    suits: "You learn by building, and can clear a season of your life for it.",
    inFavour: ["Hands-on, project after project", "Teaches what applies to the work and leaves out the rest"],
    against: ["Dearer than learning by yourself", "No third party accredits bootcamps"],
  },
  {
    slug: "self-guided",
    name: "Self-guided",
    takes: "Months to years",
    suits: "You have a job or a family to plan around, and keep going without being told to.",
    inFavour: ["As flexible as your week", "Cheap, and in large part free"],
    against: ["Little guidance on what comes next", "Little support when you are stuck"],
  },
  {
    slug: "degree",
    name: "Bachelor's degree",
    takes: "Four years",
    suits: "You want the foundations, and may want graduate study after them.",
    inFavour: ["A solid foundation", "Concentrations to choose from", "Opens the way to graduate study"],
    against: ["Dear and long", "May still leave specialised training to be done"],
  },
];

export const bootcampSource = "Average length of a bootcamp: RTI International, 2019";

/** The order that serves people who teach themselves. */
export const selfGuidedOrder: readonly { readonly step: string; readonly why: string }[] = [
  { step: "One widely used language", why: "Not two. Depth in one carries over to the next; a taste of five carries nowhere." },
  { step: "Servers", why: "How a request arrives and an answer leaves. From here on your programs have visitors." },
  { step: "Version control", why: "Before the code grows: so that every experiment can be undone, and others can join in." },
  { step: "Frameworks", why: "Now you know what they do for you, and which of it you could have written." },
  { step: "Databases", why: "Where the site's memory lives. Learn SQL here, with data that you care about." },
  { step: "Deployment", why: "Put it where strangers can reach it. It is not finished until it runs without you." },
];

export const resources: readonly { readonly name: string; readonly kind: string; readonly address: string | undefined }[] = [
  { name: "freeCodeCamp", kind: "Courses", address: "https://www.freecodecamp.org/" },
  { name: "Codecademy", kind: "Courses", address: "https://www.codecademy.com/" },
  { name: "Udacity", kind: "Courses", address: "https://www.udacity.com/" },
  { name: "Udemy", kind: "Courses", address: "https://www.udemy.com/" },
  { name: "YouTube tutorials", kind: "Videos", address: "https://www.youtube.com/" },
  { name: "Web development communities", kind: "People to ask", address: undefined },
];
