import { parseTarget, type Target } from "./target.ts";

/** A request as far as its address goes, which is read when it is first asked for: what is wrong with it is then answered. */
export abstract class Addressed {
  readonly #maximum: number;
  #target: Target | undefined;

  /** `maximum`: how long the address may be, in characters. */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** Path and query as they came. */
  protected abstract address(): string;

  get target(): Target {
    this.#target ??= parseTarget(this.address(), this.#maximum);
    return this.#target;
  }

  get segments(): readonly string[] {
    return this.target.segments;
  }

  get search(): string {
    return this.target.search;
  }
}
