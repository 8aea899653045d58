/** What `chassis/react` builds on beside the client itself: the door `#client-calls`, which is no part of the package's interface. */
export { byName } from "./by-name.ts";
export type { FromJson, FunctionsOf, SchemaOf } from "./client-types.ts";
export { watchSession } from "./watch-session.ts";
export { asksRelated } from "./write-where.ts";
