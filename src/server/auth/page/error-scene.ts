import type { AuthPageWords } from "#application";
import type { AppError, ErrorName } from "#contract";
import { html } from "../../pages/html.ts";
import type { Scene } from "./auth-page.ts";
import type { Speech } from "./speech.ts";

interface ErrorWords {
  readonly title: keyof AuthPageWords;
  readonly text: keyof AuthPageWords;
  /** What may be done: ask for a new link, see the same page once more, or go to where people come from. */
  readonly way: "again" | "same" | "home" | "none";
}

const table: Partial<Readonly<Record<ErrorName, ErrorWords>>> = {
  usedLink: { title: "usedTitle", text: "usedText", way: "again" },
  crossSite: { title: "crossSiteTitle", text: "crossSiteText", way: "same" },
  invalidPath: { title: "notFoundTitle", text: "notFoundText", way: "home" },
  impersonating: { title: "impersonatingTitle", text: "impersonatingText", way: "home" },
  notFound: { title: "notFoundTitle", text: "notFoundText", way: "same" },
  tooManyRequests: { title: "tooManyTitle", text: "tooMany", way: "none" },
  overloaded: { title: "busyTitle", text: "busy", way: "same" },
  unavailable: { title: "busyTitle", text: "failed", way: "same" },
};

export interface ErrorPlaces {
  /** Where a new link is asked for. */
  readonly again: string;
  readonly same: string;
  readonly home: string;
}

/** What a page says that has nothing else to show. Nothing of the error itself is on it. */
export function errorScene(error: AppError, { say, when }: Speech, places: ErrorPlaces): Scene {
  const usual: ErrorWords = { title: "failedTitle", text: error.status >= 500 ? "failedText" : "invalid", way: "same" };
  const { title, text, way } = table[error.error] ?? usual;
  const wait = error.headers["retry-after"];
  const label = { again: "usedAgain", same: "goOn", home: "back" } as const;
  return {
    title: say(title),
    text: say(text, wait === undefined ? {} : { time: when(Number(wait)) }),
    body: way === "none" ? null : html`<p><a class="button main" href="${places[way]}">${say(label[way])}</a></p>`,
  };
}
