import assert from "node:assert/strict";
import type { Client } from "./client.ts";
import type { ToSend } from "./sent-checker.ts";

export interface Writing {
  /** Gets what was asked for. */
  readonly asked: ToSend[];
  /** Part of the name of every note. */
  readonly name: string;
  readonly count: number;
  readonly random: () => number;
  /** Of each note to whom a mail is to be sent. */
  readonly to?: (slug: string, index: number) => string;
}

/**
 * Notes one after the other, every fifth in a transaction that rolls back, until they are all written or the server is gone. Gives how
 * many milliseconds each took.
 */
export async function writeNotes(client: Client, { asked, name, count, random, to }: Writing): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const slug = `${name}-${index}`;
    const fail = random() < 0.2;
    const started = performance.now();
    const given = { slug, fail, ...(to === undefined ? {} : { to: to(slug, index) }) };
    const answer = await client.ask("POST", "/rest/v1/rpc/write", given).catch(() => undefined);
    times.push(Math.round(performance.now() - started));
    asked.push({ name: slug, outcome: fail ? "refused" : answer === undefined ? "unknown" : "committed" });
    if (answer === undefined) break;
    assert.equal(answer.status, fail ? 400 : 200, answer.text);
  }
  return times;
}
