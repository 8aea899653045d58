import type { Prefix } from "./prefix.ts";
import { parseTarget, type Target } from "./target.ts";

/** A request as far as its address goes, which is read when it is first asked for: what is wrong with it is then answered. */
export abstract class Addressed {
  readonly #maximum: number;
  readonly #prefix: Prefix | undefined;
  #target: Target | undefined;

  /** `maximum`: how long the address may be, in characters. `prefix`: what is taken away before anybody sees it. */
  constructor(maximum: number, prefix: Prefix | undefined) {
    this.#maximum = maximum;
    this.#prefix = prefix;
  }

  /** Path and query as they came. */
  protected abstract address(): string;

  get target(): Target {
    this.#target ??= this.#read();
    return this.#target;
  }

  get segments(): readonly string[] {
    return this.target.segments;
  }

  get search(): string {
    return this.target.search;
  }

  #read(): Target {
    const target = parseTarget(this.address(), this.#maximum);
    return this.#prefix === undefined ? target : this.#prefix.strip(target);
  }
}
