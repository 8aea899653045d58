import type { Random } from "./random.ts";

/** The pattern has something for which no text is made. The message names it. */
export class PatternRefusedError extends Error {
  override readonly name: string = "PatternRefusedError";
}

/** The most that a repetition without an end is repeated beyond its least. */
const MORE = 4;

/**
 * Makes texts that a regular expression matches: literals, classes, groups, alternatives, repetitions and anchors at the ends. Look-around, back
 * references and word boundaries are refused; so is what follows `$` or comes before `^`. Whether a text really matches, the caller
 * asks the expression itself.
 */
export function patternText(source: string, flags: string): (random: Random) => string {
  const parser = new PatternParser(source, flags);
  const node = parser.parse();
  return (random) => {
    const text = node(random);
    // A pattern is met by any part of the text; an anchor keeps what stands around it away.
    return text;
  };
}

/** Whether other text may stand before, and after, what the pattern matches. */
export function openEnds(source: string): { readonly before: boolean; readonly after: boolean } {
  return { before: !source.startsWith("^") && !/[|(]\^/.test(source), after: !/(?<!\\)\$(?:$|[|)])/.test(source) };
}

type Node = (random: Random) => string;
type Range = readonly [from: number, to: number];

const digit: readonly Range[] = [[48, 57]];
const word: readonly Range[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const space: readonly Range[] = [[32, 32]];
const anything: readonly Range[] = [
  [48, 57],
  [65, 90],
  [97, 122],
];
/** What a class that leaves something out is filled from: what can be printed, and a few letters beyond ASCII. */
const printable: readonly Range[] = [
  [32, 126],
  [0xc0, 0xff],
];

const escapes: Readonly<Record<string, readonly Range[]>> = {
  d: digit,
  w: word,
  s: space,
  D: without(digit),
  W: without(word),
  S: without(space),
};
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };
const properties: Readonly<Record<string, readonly Range[]>> = {
  L: [
    [65, 90],
    [97, 122],
    [0xe0, 0xf6],
  ],
  Letter: [
    [65, 90],
    [97, 122],
  ],
  Alphabetic: [
    [65, 90],
    [97, 122],
  ],
  Lu: [[65, 90]],
  Uppercase_Letter: [[65, 90]],
  Ll: [[97, 122]],
  Lowercase_Letter: [[97, 122]],
  N: digit,
  Nd: digit,
  Number: digit,
  P: [
    [33, 35],
    [44, 47],
  ],
  Zs: space,
};

function without(ranges: readonly Range[], from: readonly Range[] = printable): readonly Range[] {
  const left: Range[] = [];
  for (const [first, last] of from)
    for (let code = first; code <= last; code++)
      if (!ranges.some(([low, high]) => code >= low && code <= high)) left.push([code, code]);
  return left;
}

class PatternParser {
  readonly #characters: readonly string[];
  readonly #source: string;
  #at = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#characters = [...source];
    if (flags.includes("v")) this.#refuse("the flag v");
  }

  parse(): Node {
    const node = this.#alternatives();
    if (this.#at < this.#characters.length) this.#refuse(`'${this.#peek()}' at its place ${this.#at + 1}`);
    return node;
  }

  #peek(ahead = 0): string | undefined {
    return this.#characters[this.#at + ahead];
  }

  #refuse(what: string): never {
    throw new PatternRefusedError(`/${this.#source}/ has ${what}, for which no text is made`);
  }

  #alternatives(): Node {
    const options = [this.#sequence()];
    while (this.#peek() === "|") {
      this.#at += 1;
      options.push(this.#sequence());
    }
    return options.length === 1 && options[0] !== undefined ? options[0] : (random) => random.pick(options)(random);
  }

  #sequence(): Node {
    const parts: Node[] = [];
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")"; next = this.#peek())
      parts.push(this.#repeated(this.#one()));
    return (random) => parts.map((part) => part(random)).join("");
  }

  #one(): Node {
    const character = this.#characters[this.#at++] ?? "";
    switch (character) {
      case "^":
      case "$":
        return () => "";
      case ".":
        return fromRanges(anything);
      case "(":
        return this.#group();
      case "[":
        return this.#class();
      case "\\":
        return this.#escape();
      default:
        return () => character;
    }
  }

  #group(): Node {
    if (this.#peek() === "?") {
      const kind = this.#peek(1);
      if (kind === ":") this.#at += 2;
      else if (kind === "<" && this.#peek(2) !== "=" && this.#peek(2) !== "!")
        this.#at = this.#characters.indexOf(">", this.#at) + 1;
      else this.#refuse("a look-around or flags within it");
    }
    const inner = this.#alternatives();
    if (this.#characters[this.#at++] !== ")") this.#refuse("a group without its end");
    return inner;
  }

  #escape(): Node {
    const code = this.#escapedRanges(false);
    return fromRanges(code);
  }

  /** After a backslash, in a class or outside. */
  #escapedRanges(inClass: boolean): readonly Range[] {
    const letter = this.#characters[this.#at++] ?? "";
    const known = escapes[letter];
    if (known !== undefined) return known;
    const control = controls[letter];
    if (control !== undefined) return [[control, control]];
    if (letter === "b" || letter === "B") {
      if (inClass && letter === "b") return [[8, 8]];
      this.#refuse("a word boundary");
    }
    if (/[1-9k]/.test(letter)) this.#refuse("a back reference");
    if (letter === "p" || letter === "P") return this.#property(letter === "P");
    if (letter === "x" || letter === "u") return this.#code(letter);
    return single(letter);
  }

  #property(isNegated: boolean): readonly Range[] {
    const [, name = ""] = /^\{([^}]*)\}/.exec(this.#characters.slice(this.#at).join("")) ?? [];
    const ranges = properties[name.replace(/^(?:General_Category|gc)=/, "")];
    if (ranges === undefined) this.#refuse(`\\p{${name}}`);
    this.#at += [...name].length + 2;
    return isNegated ? without(ranges) : ranges;
  }

  #code(letter: string): readonly Range[] {
    const rest = this.#characters.slice(this.#at).join("");
    const [whole = "", braced, plain] =
      (letter === "x" ? /^()([0-9a-fA-F]{2})/ : /^(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{4}))/).exec(rest) ?? [];
    if (whole === "") return single(letter);
    this.#at += whole.length;
    const code = Number.parseInt(braced || plain || "", 16);
    return [[code, code]];
  }

  #class(): Node {
    const isNegated = this.#peek() === "^";
    if (isNegated) this.#at += 1;
    const ranges: Range[] = [];
    while (this.#peek() !== "]") {
      if (this.#peek() === undefined) this.#refuse("a class without its end");
      const from = this.#classItem();
      const [first] = from;
      if (this.#peek() === "-" && this.#peek(1) !== "]" && from.length === 1 && first !== undefined && first[0] === first[1]) {
        this.#at += 1;
        const to = this.#classItem()[0]?.[1] ?? first[1];
        ranges.push([first[0], to]);
      } else ranges.push(...from);
    }
    this.#at += 1;
    const allowed = isNegated ? without(ranges) : ranges;
    if (allowed.length === 0) this.#refuse("a class that no usual character is in");
    return fromRanges(allowed);
  }

  #classItem(): readonly Range[] {
    const character = this.#characters[this.#at++] ?? "";
    return character === "\\" ? this.#escapedRanges(true) : single(character);
  }

  #repeated(node: Node): Node {
    const [least, most] = this.#quantifier() ?? [];
    if (least === undefined) return node;
    if (this.#peek() === "?") this.#at += 1;
    return (random) => Array.from({ length: random.between(least, most ?? least + MORE) }, () => node(random)).join("");
  }

  #quantifier(): readonly [least: number, most: number | undefined] | undefined {
    const sign = this.#peek();
    if (sign === "*" || sign === "+" || sign === "?") {
      this.#at += 1;
      return sign === "?" ? [0, 1] : [sign === "*" ? 0 : 1, undefined];
    }
    const [whole, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(this.#characters.slice(this.#at).join("")) ?? [];
    if (whole === undefined) return undefined;
    this.#at += whole.length;
    return [Number(least), comma === "" ? Number(least) : most === "" ? undefined : Number(most)];
  }
}

function single(character: string): readonly Range[] {
  const code = character.codePointAt(0) ?? 0;
  return [[code, code]];
}

function fromRanges(ranges: readonly Range[]): Node {
  let size = 0;
  for (const [from, to] of ranges) size += to - from + 1;
  return (random) => {
    let place = random.below(size);
    for (const [from, to] of ranges) {
      if (place <= to - from) return String.fromCodePoint(from + place);
      place -= to - from + 1;
    }
    return "";
  };
}
