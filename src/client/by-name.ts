/** What is asked for by names that only types know. Each is made once. */
export function byName(make: (name: string) => unknown): object {
  const made = new Map<string | symbol, unknown>();
  return new Proxy(
    {},
    {
      get(_, name) {
        // What is awaited must not look like a promise, nor what is logged like a table.
        if (typeof name === "symbol" || name === "then" || name === "toJSON") return undefined;
        if (!made.has(name)) made.set(name, make(name));
        return made.get(name);
      },
    },
  );
}
