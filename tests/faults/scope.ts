import type { Scope } from "../support/temporary-folder.ts";

/** What a run made, let go of in the opposite order when it ends, however it ends: as a test does, for programs that are none. */
export class RunScope implements Scope {
  readonly #hooks: (() => Promise<void> | void)[] = [];

  after(hook: () => Promise<void> | void): void {
    this.#hooks.push(hook);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const hook of this.#hooks.splice(0).reverse()) await hook();
  }
}
