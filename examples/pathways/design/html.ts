/** HTML that is safe to send as it is: made by `html` alone, or vouched for with `trusted`. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What a slot of a template takes. Lists are joined; false, null and undefined leave nothing. */
export type Slot = Html | string | number | false | null | undefined | readonly Slot[];

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Attributes that hold an address: a browser runs `javascript:` there, so only harmless schemes pass. */
const addressSlot = /\s(?:href|src|action|formaction)="$/i;
const harmlessAddress = /^(?:https?:\/\/|mailto:|[/?#](?![/\\]))/i;

/**
 * A template whose every slot is escaped, unless it holds HTML that was made the same way. Throws, at the first rendering,
 * for a slot where escaping cannot protect: an attribute without quotes, or inside `script` and `style`. An address
 * attribute takes http, https, mailto and addresses within the site; any other becomes `#`.
 */
export function html(strings: TemplateStringsArray, ...slots: readonly Slot[]): Html {
  if (!checked.has(strings)) check(strings);
  let text = strings[0] ?? "";
  for (const [index, slot] of slots.entries()) {
    const before = strings[index] ?? "";
    text += addressSlot.test(before) && !harmlessAddress.test(String(slot)) ? "#" : render(slot);
    text += strings[index + 1] ?? "";
  }
  return new Html(text);
}

/** Text that is HTML already, from the site's own files. Never anything that a person typed in. */
export function trusted(text: string): Html {
  return new Html(text);
}

function render(slot: Slot): string {
  if (slot === null || slot === undefined || slot === false) return "";
  if (slot instanceof Html) return slot.toString();
  if (Array.isArray(slot)) return slot.map(render).join("");
  return String(slot).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const checked = new WeakSet<TemplateStringsArray>();

function check(strings: TemplateStringsArray): void {
  let before = "";
  for (const part of strings.slice(0, -1)) {
    before += part;
    // Quoted values before the slot are whole; an open quote is what protects it.
    const tag = before.slice(before.lastIndexOf("<")).replace(/"[^"]*"/g, "_");
    if (tag.startsWith("<") && !tag.includes(">") && !tag.includes('"') && /=\s*$/.test(tag)) {
      throw new Error(`A slot stands as an attribute's value without quotes, after: ${part.slice(-40)}`);
    }
    if (/<(script|style)\b(?![\s\S]*<\/\1)/i.test(before)) throw new Error("A slot stands inside a script or style element.");
  }
  checked.add(strings);
}
