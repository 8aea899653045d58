import { createPacer } from "#base";
import type { Stored } from "#contract";

/** Few enough for a statement about all of them to end within some milliseconds. */
const CHUNK_ROWS = 500;

/** Rows by their numbers, some hundred at a time: the event loop turns between them, however many rows one change is about. */
export async function* keyChunks(keys: readonly Stored[]): AsyncGenerator<readonly Stored[]> {
  const pace = createPacer();
  for (let at = 0; at < keys.length; at += CHUNK_ROWS) {
    yield at === 0 && keys.length <= CHUNK_ROWS ? keys : keys.slice(at, at + CHUNK_ROWS);
    await pace();
  }
}
