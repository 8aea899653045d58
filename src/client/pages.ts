import { ApiCall } from "./call.ts";
import type { CallOptions } from "./call-options.ts";
import { ChassisError } from "./chassis-error.ts";
import type { Plan } from "./request.ts";
import type { Transport } from "./transport.ts";

interface PageResult {
  readonly rows: readonly unknown[];
  readonly next: string | null;
}

interface PagesOptions extends CallOptions {
  readonly pageSize?: number;
}

/** Every page, the next one asked for when it is wanted. A server that leads from a page to the same one would never come to an end: that is an error. */
export async function* pagesOf(
  transport: Transport,
  page: (options: never) => Plan<unknown>,
  { pageSize = 100, ...options }: PagesOptions = {},
): AsyncGenerator<PageResult> {
  for (let after: string | null | undefined; after !== null; ) {
    const wanted = { ...options, limit: pageSize, after } as never;
    const found = (await new ApiCall(transport, () => page(wanted), options)) as PageResult;
    if (found.next === after) throw new ChassisError("unreadable_answer", "A page was answered that leads to itself.");
    yield found;
    after = found.next;
  }
}

export async function* rowsOf(pages: AsyncGenerator<PageResult>): AsyncGenerator<unknown> {
  for await (const { rows } of pages) yield* rows;
}
