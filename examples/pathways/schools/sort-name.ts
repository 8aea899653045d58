/**
 * A name as a dictionary would order it, by code point as databases do: lower case, without accents and without what stands
 * before the first letter or digit. "École" comes with the e's, and a quoted name where its first word belongs.
 */
export function sortName(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/^[^\p{L}\p{N}]+/u, "");
  return [...(plain === "" ? name.toLowerCase() : plain)].slice(0, 300).join("");
}
