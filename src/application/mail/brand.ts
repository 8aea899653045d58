/** Text in one language, or in each by its tag: `{ en: "…", nl: "…" }`. */
export type Translated = string | Readonly<Record<string, string>>;

export interface Brand {
  /** What the sender is called: above the mail, and as the sender's name where `from` has none. */
  readonly name: string;
  /**
   * In place of the name above the mail: a whole address, or a path of this server (`/logo.png`). At most 600 pixels wide; with a background of its own,
   * for it stands on light and on dark.
   */
  readonly logo?: { readonly src: string; readonly width: number; readonly height?: number };
  /** Of buttons and links: `#rrggbb`. Where it cannot be read on its ground it is made a little lighter or darker. Default `#1d4ed8`. */
  readonly colour?: string;
  /** Below each mail, such as who sends it and from where. Its lines are kept. */
  readonly footer?: Translated;
}

export const defaultColour = "#1d4ed8";
