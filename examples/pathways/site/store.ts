import type { FinderQuery } from "../pages/finder.ts";
import type { AccountView, ReviewView, SchoolView } from "../pages/views.ts";

export interface FoundSchools {
  readonly schools: readonly SchoolView[];
  readonly total: number;
  readonly previous: string | null;
  readonly next: string | null;
}

export interface ReviewInput {
  readonly stars: number;
  readonly body: string;
}

export interface AccountInput {
  readonly name: string;
  readonly digest?: boolean;
  readonly notices?: boolean;
}

/** What the pages ask of the data. Every method acts as the visitor, under the rules, and throws `AppError` where they say no. */
export interface PathwaysStore {
  /** One page of the schools that the query finds. Throws `invalidCursor` for a cursor of another query. */
  find(query: FinderQuery, cursor: { readonly after: string | null; readonly before: string | null }): Promise<FoundSchools>;
  /** How many schools each country has, and how many there are in all. */
  countries(): Promise<{
    readonly total: number;
    readonly countries: readonly { readonly code: string; readonly schools: number }[];
  }>;
  school(domain: string): Promise<SchoolView | null>;
  /** The newest first, at most a hundred. */
  reviews(schoolId: string): Promise<readonly ReviewView[]>;
  /** Writes the visitor's review of a school, in place of the one that they may have written before. */
  review(schoolId: string, input: ReviewInput): Promise<void>;
  deleteReview(id: string): Promise<void>;
  isSaved(schoolId: string): Promise<boolean>;
  save(schoolId: string, saved: boolean): Promise<void>;
  savedSchools(): Promise<readonly SchoolView[]>;
  featuredSchools(): Promise<readonly SchoolView[]>;
  setFeatured(schoolId: string, featured: boolean): Promise<void>;
  /** At most four, in the order asked for; domains of no school are left out. */
  compare(domains: readonly string[]): Promise<readonly SchoolView[]>;
  /** What the visitor is called; null for nobody, and for a key of somebody who has no row. */
  name(): Promise<string | null>;
  account(): Promise<AccountView>;
  /** Only who has confirmed their address may say anything of mails, and of `notices` editors alone. */
  setAccount(account: AccountInput): Promise<void>;
}
