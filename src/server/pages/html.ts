/** HTML that can be sent as it is: only `html` makes it. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** A whole attribute, for a slot within a tag: `<a href="/"${isHere && attribute("aria-current", "page")}>`. */
export class Attribute {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** An attribute whose value is text. Throws for one whose value would be code or an address. */
export function attribute(name: string, value: string): Attribute {
  if (!/^[a-z][a-z-]*$/.test(name) || forbidden.test(name) || addresses.has(name))
    throw new Error(`The attribute ${name} cannot be left to a slot.`);
  return new Attribute(` ${name}="${escapeHtml(value)}"`);
}

/** Several attributes at once: true is one without a value, false and undefined are left out. */
export function attributes(values: Readonly<Record<string, string | boolean | undefined>>): Attribute {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== false);
  return new Attribute(given.map(([name, value]) => attribute(name, value === true ? "" : String(value)).toString()).join(""));
}

/** What a slot of a template takes. Lists are joined; false, null and undefined leave nothing. */
export type Slot = Html | Attribute | string | number | false | null | undefined | readonly Slot[];

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text as it stands in an element, or in an attribute within quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}

/**
 * A template whose every slot is escaped, unless it is HTML that was made the same way: what a person typed stays text. A slot may stand in an
 * element, or in an attribute within double quotes; within a tag it takes an `attribute`. Throws, when it is first used, for a slot where escaping does not protect: outside quotes,
 * in a tag's or attribute's name, in a comment, a script, a style or an event handler, or behind the beginning of an address. An address becomes `#` where it is
 * not of this site, https:, http: or mailto: (CWE-79, CWE-601).
 */
export function html(strings: TemplateStringsArray, ...slots: readonly Slot[]): Html {
  const places = placesOf(strings);
  let text = strings[0] ?? "";
  for (const [index, slot] of slots.entries()) {
    const place = places[index];
    if ((place === "tag") !== slot instanceof Attribute && !isNothing(slot))
      throw misplaced(strings[index] ?? "", "in a tag, or is an attribute and does not");
    text += place === "address" ? escapeHtml(harmless(slot)) : render(slot);
    text += strings[index + 1] ?? "";
  }
  return new Html(text);
}

function isNothing(slot: Slot): slot is null | undefined | false {
  return slot === null || slot === undefined || slot === false;
}

function render(slot: Slot): string {
  if (isNothing(slot)) return "";
  if (slot instanceof Html || slot instanceof Attribute) return slot.toString();
  if (Array.isArray(slot)) return slot.map(render).join("");
  return escapeHtml(String(slot));
}

// A browser leaves out tabs and line breaks, and reads a backslash as a slash: `/\t/evil.example` is another site.
const harmlessAddress = /^(?:https?:\/\/|mailto:|[/?#](?![/\\]))[^\s\\\p{Cc}]*$/iu;

function harmless(slot: Slot): string {
  const text = typeof slot === "string" ? slot : "";
  return text === "/" || harmlessAddress.test(text) ? text : "#";
}

type Place = "text" | "attribute" | "address" | "tag";

const known = new WeakMap<TemplateStringsArray, readonly Place[]>();
const addresses: ReadonlySet<string> = new Set(["href", "src", "action", "formaction", "poster", "data", "cite", "xlink:href"]);
/** Their values are code, or HTML once more. */
const forbidden = /^(?:on.*|style|srcdoc|srcset|ping|http-equiv|content)$/;

function placesOf(strings: TemplateStringsArray): readonly Place[] {
  let places = known.get(strings);
  if (places === undefined) {
    let before = "";
    places = strings.slice(0, -1).map((part) => placeAfter((before += part)));
    known.set(strings, places);
  }
  return places;
}

/** Reads as far as the slot, whose own value changes nothing about where it stands: that is what escaping is for. */
function placeAfter(before: string): Place {
  const rest = before
    .replaceAll(/<!--[\s\S]*?-->/g, "")
    .replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/gi, "")
    .replaceAll(/<[a-z!/](?:"[^"]*"|'[^']*'|[^"'>])*>/gi, (tag) => (/^<(?:script|style)\b/i.test(tag) ? tag : ""));
  if (/<!--|<(?:script|style)\b/i.test(rest)) throw misplaced(before, "in a comment, a script or a style");
  const tag = /<(?:[a-z/][\s\S]*)?$/i.exec(rest)?.[0];
  if (tag === undefined) return "text";
  const whole = tag.replaceAll(/="[^"]*"/g, "");
  if (/^<[a-z][\w-]*(?:\s+[\w:-]+)*\s*$/i.test(whole) && whole !== before) return "tag";
  const [, name = "", value = ""] = /\s([^\s"'<>=]+)="([^"]*)$/.exec(whole) ?? [];
  const attribute = name.toLowerCase();
  if (attribute === "") throw misplaced(before, "in a tag, and not within double quotes");
  if (forbidden.test(attribute)) throw misplaced(before, `in the attribute ${attribute}`);
  if (!addresses.has(attribute)) return "attribute";
  if (value === "") return "address";
  // Behind a whole path, or a query's beginning, nothing that follows can change where it leads.
  if (/^(?:\/[\w-]+\/|\/[^?#]*[?#]|[?#])/.test(value)) return "attribute";
  throw misplaced(before, "behind the beginning of an address");
}

function misplaced(before: string, where: string): Error {
  return new Error(`A slot of a template stands ${where}, after: ${before.slice(-60)}`);
}
