import { randomFillSync } from "node:crypto";
import type { Clock } from "./clock.ts";

/** Makes identifiers. One instance a process, so that ids made in one millisecond still sort in the order they were made. */
export interface IdSource {
  /** A UUID version 7 (RFC 9562 section 5.7), lower case, strictly increasing within this source. */
  uuid(): string;
}

const POOL_SIZE = 16 * 256;

/**
 * UUIDv7 with the 12-bit counter of RFC 9562 section 6.2 method 1: seeded at random each millisecond in its lower half, so that
 * it can count on without overflowing, and taken from the next millisecond when it does.
 */
export function createIdSource(clock: Clock): IdSource {
  const pool = new Uint8Array(POOL_SIZE);
  let used = POOL_SIZE;
  let millisecond = 0;
  let counter = 0;

  return {
    uuid() {
      if (used === POOL_SIZE) {
        randomFillSync(pool);
        used = 0;
      }
      const bytes = pool.subarray(used, used + 16);
      used += 16;
      const now = clock.now();
      if (now > millisecond) {
        millisecond = now;
        counter = (((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0)) & 0x7ff;
      } else if (++counter > 0xfff) {
        millisecond += 1;
        counter = 0;
      }
      const time = millisecond.toString(16).padStart(12, "0");
      const random = Buffer.from(bytes.buffer, bytes.byteOffset + 8, 8).toString("hex");
      const variant = ((Number.parseInt(random.charAt(0), 16) & 0x3) | 0x8).toString(16);
      return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, "0")}-${variant}${random.slice(1, 4)}-${random.slice(4)}`;
    },
  };
}
