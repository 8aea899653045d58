/** Chance that comes out the same for the same seed. */
export class Random {
  readonly seed: number;
  #state: number;

  /** A whole number from 0 to 2^32 - 1. */
  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** From 0 up to and without 1. By mulberry32 (Tommy Ettinger), which is small and good enough for test data. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 up to and without `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** A whole number between the two, both included. */
  between(least: number, most: number): number {
    return Math.min(most, least + Math.floor(this.next() * (most - least + 1)));
  }

  /** Likewise, of any size. */
  bigBetween(least: bigint, most: bigint): bigint {
    const room = most - least + 1n;
    let drawn = 0n;
    for (let range = room; range > 0n; range >>= 30n) drawn = (drawn << 30n) | BigInt(this.below(1 << 30));
    return least + (drawn % room);
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error("There is nothing to pick from.");
    return items[this.below(items.length)] as T;
  }

  /** True about so often, of 1. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }
}
