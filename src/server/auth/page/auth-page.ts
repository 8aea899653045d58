import type { AuthPageWords } from "#application";
import type { AppError, ErrorName } from "#contract";
import type { Answer } from "../../http/exchange.ts";
import type { Html } from "../../pages/html.ts";
import type { Visit } from "./visit.ts";

/** A page of sign-in: what it shows, and what its form does. */
export interface AuthPage {
  readonly path: string;
  /** What it shows; an answer leads elsewhere. GET changes nothing: programs that look through mails follow every link. */
  readonly show: (visit: Visit, draft: Draft) => Promise<Scene | Answer> | Scene | Answer;
  /** What its form does. What it throws is told on the page itself, with what was typed still there. */
  readonly submit?: (visit: Visit) => Promise<Scene | Answer>;
  /**
   * What its form does is done once, or takes the session on to another token: a second click is answered as the first one was. See `createSentTwice`.
   * Default false: what somebody does again on purpose is done again.
   */
  readonly onlyOnce?: boolean;
  /** The field that an error is about, where it is not the form as a whole. */
  readonly blame?: Partial<Readonly<Record<ErrorName, { readonly field: string; readonly say: keyof AuthPageWords }>>>;
  /** What the fields of its form are called that no other page has. */
  readonly labels?: Readonly<Record<string, keyof AuthPageWords>>;
  /** Whose fields a row is refused for: what begins their names in its form. Default `user`. */
  readonly rows?: "organisation";
  /** Where a new link is asked for, when this one's is not good any more. */
  readonly again?: string;
}

/** What came of the form that is shown again. */
export interface Draft {
  /** What is wrong with each field, for its reader. */
  readonly problems: ReadonlyMap<string, string>;
  /** What is wrong with the form as a whole. */
  readonly alert: string | undefined;
  readonly error: AppError | undefined;
  /** Of the page itself: see `AuthPage`. */
  readonly labels?: AuthPage["labels"];
}

export const freshDraft: Draft = { problems: new Map(), alert: undefined, error: undefined };

/** What stands on a page. */
export interface Scene {
  readonly title: string;
  /** Below the title, a paragraph. */
  readonly text?: string | undefined;
  /** What has been done, said where the page comes after it. */
  readonly done?: string | undefined;
  readonly body?: Html | null;
  /** Besides, at the end: other ways. */
  readonly more?: Html | null;
  readonly wide?: boolean;
  /** It has a form for passkeys, which needs the one script that there is. */
  readonly passkeys?: boolean;
  readonly status?: number;
  /** Where the browser goes on to by itself: a page that another one's form led to cannot send it to another site (CSP `form-action`). */
  readonly refresh?: string;
  /** `Set-Cookie` headers. */
  readonly cookies?: readonly string[];
}

export function isAnswer(shown: Scene | Answer): shown is Answer {
  return "headers" in shown;
}
