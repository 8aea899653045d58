/** Statements (or kinds of work) remembered at most; beyond, the one that was noted first is forgotten. */
const MAX_SHAPES = 500;
/** How long one is remembered, in milliseconds: what was slow with a cold cache, or before an index was made, gets another try. */
const MEMORY = 60_000;

/** What was slow of late. */
export class SlowShapes {
  readonly #until = new Map<string, number>();

  get isEmpty(): boolean {
    return this.#until.size === 0;
  }

  add(shape: string): void {
    this.#until.delete(shape);
    if (this.#until.size >= MAX_SHAPES) {
      const [oldest] = this.#until.keys();
      if (oldest !== undefined) this.#until.delete(oldest);
    }
    this.#until.set(shape, performance.now() + MEMORY);
  }

  has(shape: string): boolean {
    const until = this.#until.get(shape);
    if (until === undefined) return false;
    if (performance.now() < until) return true;
    this.#until.delete(shape);
    return false;
  }
}
