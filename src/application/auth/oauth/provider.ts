/** What a site says, as JSON. Nothing of it is believed to have a form until it was looked at. */
export type Said = Readonly<Record<string, unknown>>;

/** Somebody as another site knows them. */
export interface Person {
  /** Who says so, and by what they are known there: together they name one person, for good (OpenID Connect Core 1.0, section 2). */
  readonly issuer: string;
  readonly subject: string;
  /** Undefined where the site gave none. */
  readonly address?: string | undefined;
  /** The site stands up for it that mail to the address reaches this person. False in every doubt: an account may hang on it. */
  readonly proved: boolean;
  /** What they call themselves there: shown, and filled in beforehand. */
  readonly name?: string | undefined;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly nick?: string | undefined;
}

/** A GET with the access token, at the site's own API. Throws where the answer is not JSON. */
export type Ask = (address: string) => Promise<unknown>;

/** What came of a sign-in at a site, to be read. */
export interface Answers {
  /** Of the ID token, checked; empty where the site has none. */
  readonly claims: Said;
  /** What came back with the person, by its name: as it was sent, by them or by whoever they let. */
  readonly given: (name: string) => string | null;
  readonly ask: Ask;
}

/** By what Apple lets a client prove itself: a key in place of a password. */
export interface AppleKey {
  /** The team, ten letters and digits. */
  readonly team: string;
  /** The id of the key. */
  readonly key: string;
}

/** What is known of a site, whichever it is; everything else of a sign-in is the same for all. */
export interface ProviderFacts {
  /** What people call it. */
  readonly title: string;
  /** Its issuer identifier: where its description is found, and what its answers must name (RFC 8414, RFC 9207). */
  readonly issuer: string;
  /** Where it has no description. */
  readonly endpoints?: { readonly authorization: string; readonly token: string };
  readonly scopes: readonly string[];
  /** Further parameters of the request to it. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** How the client proves itself. Default: as the description says, by a form where it says nothing. */
  readonly clientBy?: "post" | "basic" | AppleKey;
  /** It refuses a code verifier. */
  readonly withoutPkce?: true;
  /** It gives no ID token that could be checked: who somebody is, its API says. */
  readonly withoutIdToken?: true;
  /** It sends the answer as a form, from its own page. */
  readonly formPost?: true;
  /** Asked to, it lets somebody sign in anew, and says when that was (`max_age`, `auth_time`). */
  readonly asksAnew?: true;
  /** Makes of an answer of its token endpoint what RFC 6749 says that it is. */
  readonly mend?: (answer: Said) => Said;
  /** Hosts, as `host:port`, that are meant although they are not of the public internet, or not on port 443. */
  readonly allow?: readonly string[];
  readonly read: (answers: Answers) => Promise<Person> | Person;
}

/** A site that people sign in by, of one back end. */
export interface Provider extends ProviderFacts {
  /** Its name in addresses and settings. */
  readonly name: string;
  /** Milliseconds: who signed in there longer ago is asked anew. */
  readonly maxAge: number | undefined;
  /** One of these is how they must have signed in there (`acr`, OpenID Connect Core 1.0, section 2). Empty: in whatever way. */
  readonly acr: readonly string[];
}
