/**
 * Text of the list of academic domains. Nearly all of it is UTF-8; two dozen files are older encodings, told apart here: a
 * mark at the start (UTF-8 or UTF-16), else what is not valid UTF-8 is Windows-1251 where most of its letters lie beyond
 * ASCII, as Cyrillic ones do, and Windows-1252 where few do, as Western accents are.
 */
export function decodeName(bytes: Uint8Array, domain: string): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(isCyrillic(bytes, domain) ? "windows-1251" : "windows-1252").decode(bytes);
  }
}

function isCyrillic(bytes: Uint8Array, domain: string): boolean {
  if (/\.(?:ru|ua|by|bg|su)$/.test(domain)) return true;
  const beyond = bytes.filter((byte) => byte >= 0x80).length;
  const ascii = bytes.filter((byte) => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a).length;
  return beyond > ascii;
}
