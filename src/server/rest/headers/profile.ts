import { AppError } from "#contract";
import type { Exchange } from "../../http/exchange.ts";

/** There is one schema, `public`: a client that names another is told so before anything is done (`unknownSchema`). */
export function checkProfile(exchange: Exchange): void {
  const isRead = exchange.method === "GET" || exchange.method === "HEAD" || exchange.method === "OPTIONS";
  const profile = exchange.header(isRead ? "accept-profile" : "content-profile");
  if (profile === undefined || profile === "public") return;
  throw new AppError("unknownSchema", {
    message: `Invalid schema: ${profile.slice(0, 60).toWellFormed()}`,
    hint: "Only the following schemas are exposed: public",
  });
}
