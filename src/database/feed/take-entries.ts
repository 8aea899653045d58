import type { FeedSubscription } from "./feed.ts";
import type { CommitEntry } from "./row-change.ts";

/** The next entries, as many as there are to be. */
export async function take(subscription: FeedSubscription, count: number): Promise<readonly CommitEntry[]> {
  const entries: CommitEntry[] = [];
  if (count > 0)
    for await (const entry of subscription) {
      entries.push(entry);
      if (entries.length === count) break;
    }
  return entries;
}
