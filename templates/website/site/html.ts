/** HTML that is safe to send as it is, for it was made by `html`. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What a slot takes. Lists are joined; false, null and undefined leave nothing. */
export type Slot = Html | string | number | false | null | undefined | readonly Slot[];

/**
 * A template whose every slot is escaped: html`<p title="${title}">${text}</p>`. Slots stand in texts and within quotes, nowhere else: an
 * address that somebody typed in is not made safe by it.
 */
export function html(strings: TemplateStringsArray, ...slots: readonly Slot[]): Html {
  return new Html(strings.map((text, index) => text + render(slots[index])).join(""));
}

function render(slot: Slot): string {
  if (slot === null || slot === undefined || slot === false) return "";
  if (slot instanceof Html) return slot.toString();
  if (typeof slot === "string") return slot.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  if (typeof slot === "number") return String(slot);
  return slot.map(render).join("");
}
