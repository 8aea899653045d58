/** What the pages about schools show: rows of the data, as far as the visitor may see them. */

export interface SchoolView {
  readonly id: string;
  readonly domain: string;
  readonly name: string;
  /** Further names that the school goes by, often its English one. */
  readonly otherNames: readonly string[];
  readonly country: string | null;
  readonly featured: boolean;
  /** The mean of its reviews' stars, null without reviews. */
  readonly rating: number | null;
  readonly reviewCount: number;
}

export interface ReviewView {
  readonly id: string;
  readonly author: string;
  readonly stars: number;
  readonly body: string;
  readonly created: string;
  readonly edited: boolean;
  readonly mine: boolean;
}

/** What a person typed and what is wrong with it, by the name of the field. */
export interface FormState {
  readonly values: Readonly<Record<string, string>>;
  readonly problems: Readonly<Record<string, string>>;
}

export const emptyForm: FormState = { values: {}, problems: {} };

/** What somebody has said about the mails that they get. */
export interface AccountView {
  /** Of the account; null for whoever has none. */
  readonly address: string | null;
  readonly digest: boolean;
  readonly notices: boolean;
}
