import { randomFillSync } from "node:crypto";

/** 64 bits of a text, as two whole numbers of 32 bits; the object is the function's own, and overwritten by the next call. */
export interface Hash {
  low: number;
  high: number;
}

/**
 * HalfSipHash-1-3 (Aumasson and Bernstein 2012, in its form for 32 bits) over the UTF-16 code units of a text, under a key of this process's
 * own. Without the key nobody can look for texts that meet.
 */
export function createKeyedHash(key: Uint32Array = randomFillSync(new Uint32Array(2))): (text: string) => Readonly<Hash> {
  const [k0 = 0, k1 = 0] = key;
  const hash: Hash = { low: 0, high: 0 };
  let v0 = 0;
  let v1 = 0;
  let v2 = 0;
  let v3 = 0;

  function round(): void {
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
  }

  function take(word: number): void {
    v3 ^= word;
    round();
    v0 ^= word;
  }

  return (text) => {
    v0 = k0;
    v1 = k1 ^ 0xee;
    v2 = 0x6c796765 ^ k0;
    v3 = 0x74656462 ^ k1;
    const { length } = text;
    let index = 0;
    for (; index + 1 < length; index += 2) take(text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16));
    // The length tells texts apart that differ in what fills up the last word.
    take((length << 16) | (index < length ? text.charCodeAt(index) : 0));
    v2 ^= 0xee;
    round();
    round();
    round();
    hash.low = v1 ^ v3;
    v1 ^= 0xdd;
    round();
    round();
    round();
    hash.high = v1 ^ v3;
    return hash;
  };
}
