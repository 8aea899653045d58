/** Calls without their types, which are those of `Queries`. */
type PlainCalls = Readonly<Record<string, (...given: readonly unknown[]) => Promise<unknown>>>;

export interface PlainApi {
  readonly fn: PlainCalls;
  readonly auth: { session(options: object): Promise<{ readonly user: string | number } | null> };
  table(name: string): PlainCalls;
}

/** The call of that name. A client has every one that types know. */
export function callOf(calls: PlainCalls, name: string): PlainCalls[string] {
  const call = calls[name];
  if (call === undefined) throw new TypeError(`The client has no call '${name}'.`);
  return call;
}
