import type { Refused } from "../run/run-plan.ts";

interface Ends {
  committed: number;
  unheard: number;
  /** By what was said. */
  readonly refused: Map<string, number>;
}

/** How often each way led to which end: a test whose transactions all fail finds nothing either. */
export class Tally {
  readonly ways: Map<string, Ends> = new Map();

  /** Runs one transaction and counts its end. */
  async count<T>(way: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const ends = this.ways.get(way) ?? { committed: 0, unheard: 0, refused: new Map() };
    this.ways.set(way, ends);
    try {
      const result = await work();
      ends.committed++;
      return result;
    } catch (error) {
      if (signal.aborted) ends.unheard++;
      else {
        const { message } = error as Refused;
        ends.refused.set(message, (ends.refused.get(message) ?? 0) + 1);
      }
      throw error;
    }
  }

  get transactions(): number {
    return [...this.ways.values()].reduce((sum, { committed, unheard, refused }) => {
      return sum + committed + unheard + [...refused.values()].reduce((count, each) => count + each, 0);
    }, 0);
  }

  toString(): string {
    return [...this.ways]
      .map(([way, { committed, unheard, refused }]) => {
        const told = [...refused].map(([what, count]) => `, ${count} ${what}`).join("");
        return `${way}: ${committed} committed, ${unheard} unheard of${told}`;
      })
      .sort()
      .join("\n");
  }
}
