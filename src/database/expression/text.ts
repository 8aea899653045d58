/** By code point, as UTF-8 bytes order: UTF-16 units would put U+FFFD after an emoji. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a === b) continue;
    const [aHigh, bHigh] = [isSurrogate(a), isSurrogate(b)];
    if (aHigh !== bHigh) return aHigh ? 1 : -1;
    return a - b;
  }
  return left.length - right.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

export function codePointLength(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** Lower case, character by character: a capital sigma does not depend on its neighbours, so that parts of a text stay comparable. */
export function lowerCase(text: string): string {
  return (text.includes("Σ") ? text.replaceAll("Σ", "σ") : text).toLowerCase();
}

export function upperCase(text: string): string {
  return text.toUpperCase();
}
