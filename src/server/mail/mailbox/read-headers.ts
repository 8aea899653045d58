/** The header lines of a message (RFC 5322 section 2.2), unfolded, as they are written: what is encoded in them stays so. */
export function readHeaders(raw: Uint8Array): readonly (readonly [name: string, value: string])[] {
  const end = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).indexOf("\r\n\r\n");
  const head = new TextDecoder().decode(raw.subarray(0, end === -1 ? raw.length : end));
  return head
    .replaceAll(/\r\n(?=[ \t])/g, "")
    .split("\r\n")
    .flatMap((line) => {
      const colon = line.indexOf(":");
      return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()] as const];
    });
}
