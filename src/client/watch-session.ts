/**
 * Hears who is signed in after a request of `api.auth` that may have changed it: their id, null for nobody, undefined where the answer does not
 * say, and whatever was known may be otherwise.
 */
export type SessionListener = (user: string | number | null | undefined) => void;

/** Of each client. */
export const sessionListeners: WeakMap<object, Set<SessionListener>> = new WeakMap();

/** Calls the listener from now on, before the call of `api.auth` resolves. Throws `TypeError` for what is no client. */
export function watchSession(client: object, listener: SessionListener): void {
  const listeners = sessionListeners.get(client);
  if (listeners === undefined) throw new TypeError("This is no client: it takes what createClient gave.");
  listeners.add(listener);
}
