import assert from "node:assert/strict";
import type { LiveProjects, Sent } from "../support/live-projects.ts";

/** A request that must not be heard. */
export interface Refusal extends Sent {
  readonly path: string;
  /** Any of them. */
  readonly codes: readonly string[];
}

/** Each of the requests is refused with one of its codes, and nothing at all is written by any. */
export async function allRefused(live: LiveProjects, refusals: readonly Refusal[]): Promise<void> {
  const before = await live.checksum();
  for (const { path, codes, ...sent } of refusals) {
    const reply = await live.ask(path, { method: "POST", ...sent });
    const said = `${sent.as ?? "nobody"} ${sent.method ?? "POST"} ${path} ${JSON.stringify(sent.body)}: ${reply.status} ${reply.text}`;
    assert.ok(codes.includes(reply.code ?? ""), said);
    assert.equal(await live.checksum(), before, said);
  }
}
