import assert from "node:assert/strict";
import type { LiveProjects, Reply, Sent } from "../support/live-projects.ts";

/** A request with `{}` where the name goes that must not be found out about. */
export interface Probe extends Sent {
  readonly path: string;
}

const missing = "qzxqzxq";

/** All of a reply that a caller can compare, with one name put for another. */
function seen({ status, headers, text }: Reply, name: string): unknown {
  const { date, "x-request-id": id, ...rest } = Object.fromEntries(headers);
  void [date, id];
  const { "content-length": length, etag, ...kept } = rest;
  void [length, etag];
  return { status, headers: kept, text: text.replaceAll(name, missing) };
}

const filled = (probe: Probe, name: string): Sent => ({
  ...probe,
  ...(probe.body === undefined ? {} : { body: JSON.parse(JSON.stringify(probe.body).replaceAll("{}", name)) as unknown }),
});

/**
 * Asks once with the hidden name and once with a name that is nowhere: the two replies are the same but for that name. Gives the
 * reply, so that a test can say what it is besides.
 */
export async function assertLikeMissing(live: LiveProjects, probe: Probe, hidden: string): Promise<Reply> {
  const [there, nowhere] = [
    await live.ask(probe.path.replaceAll("{}", hidden), filled(probe, hidden)),
    await live.ask(probe.path.replaceAll("{}", missing), filled(probe, missing)),
  ];
  assert.deepEqual(seen(there, hidden), seen(nowhere, missing), `${probe.method ?? "GET"} ${probe.path} ${hidden}`);
  assert.ok(there.status >= 400, `${probe.path} ${hidden}: ${there.status} ${there.text}`);
  return there;
}

/** The rows of a reply that must be a good one. */
export function rowsOf(reply: Reply): readonly Readonly<Record<string, unknown>>[] {
  assert.ok(reply.status === 200 || reply.status === 206, `${reply.status} ${reply.text}`);
  return reply.json() as readonly Readonly<Record<string, unknown>>[];
}
