/** Colours in the form `#rrggbb`. */
const white = "#ffffff";
const black = "#000000";

/** As WCAG 2.2 wants it of text (success criterion 1.4.3). */
const enough = 4.5;

/** The ratio of two colours' luminance, from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(first: string, second: string): number {
  const [darker = 0, lighter = 0] = [luminance(first), luminance(second)].sort((left, right) => left - right);
  return (lighter + 0.05) / (darker + 0.05);
}

/** White or black, whichever can be read better on it. */
export function textOn(background: string): string {
  return contrast(background, white) >= enough || contrast(background, white) >= contrast(background, black) ? white : black;
}

/** The colour itself where it can be read on the background; else as little lighter or darker as it takes. */
export function readableOn(background: string, colour: string): string {
  const towards = luminance(background) > 0.18 ? black : white;
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(colour, towards, share);
    if (contrast(mixed, background) >= enough) return mixed;
  }
  return towards;
}

function channels(colour: string): readonly number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function mix(colour: string, other: string, share: number): string {
  const others = channels(other);
  const mixed = channels(colour).map((value, index) => Math.round(value + ((others[index] ?? 0) - value) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
