import type { Prefix } from "./prefix.ts";
import { parseTarget, type Target } from "./target.ts";

const nothing: object = {};

/**
 * What a request is whichever way it came: its address, which is read when it is first asked for, so that what is wrong with it is then answered, and what is
 * told of it for the log.
 */
export abstract class Addressed {
  readonly #maximum: number;
  readonly #prefix: Prefix | undefined;
  #target: Target | undefined;
  #told: object | undefined;

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

  get told(): object {
    return this.#told ?? nothing;
  }

  tell(fields: object): void {
    this.#told = this.#told === undefined ? fields : { ...this.#told, ...fields };
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
