import { randomFillSync } from "node:crypto";
import type { Clock } from "./clock.ts";

/** Makes identifiers. One instance a process, so that ids made in one millisecond still sort in the order they were made. */
export interface IdSource {
  /** A UUID version 7 (RFC 9562 section 5.7), lower case, strictly increasing within this source. */
  uuid(): string;
}

/** The two hexadecimal digits of each byte. */
const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const bytesPerId = 10;
const poolSize = bytesPerId * 400;

/**
 * UUIDv7 with the 12-bit counter of RFC 9562 section 6.2 method 1: seeded at random each millisecond in its lower half, so that
 * it can count on without overflowing, and taken from the next millisecond when it does.
 */
export function createIdSource(clock: Clock): IdSource {
  const pool = new Uint8Array(poolSize);
  let used = poolSize;
  let millisecond = 0;
  let counter = 0;
  let time = "";

  const startMillisecond = (now: number): void => {
    millisecond = now;
    const digits = now.toString(16).padStart(12, "0");
    time = `${digits.slice(0, 8)}-${digits.slice(8)}-7`;
  };

  return {
    uuid() {
      if (used === poolSize) {
        randomFillSync(pool);
        used = 0;
      }
      const at = used;
      used += bytesPerId;
      const digits = (index: number): string => hex[pool[at + index] ?? 0] ?? "";
      const now = clock.now();
      if (now > millisecond) {
        startMillisecond(now);
        counter = (((pool[at + 8] ?? 0) << 8) | (pool[at + 9] ?? 0)) & 0x7ff;
      } else if (++counter > 0xfff) {
        startMillisecond(millisecond + 1);
        counter = 0;
      }
      const count = (counter >> 8).toString(16) + (hex[counter & 0xff] ?? "");
      const variant = hex[((pool[at] ?? 0) & 0x3f) | 0x80] ?? "";
      return `${time}${count}-${variant}${digits(1)}-${digits(2)}${digits(3)}${digits(4)}${digits(5)}${digits(6)}${digits(7)}`;
    },
  };
}
