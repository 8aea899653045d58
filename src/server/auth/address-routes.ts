import type { Route } from "../http/router.ts";
import { type AuthTools, done, json } from "./auth-tools.ts";
import { readFields } from "./read-fields.ts";

/** To confirm an address, and to change it. */
export function addressRoutes({ auth, post, signedIn }: AuthTools): readonly Route[] {
  return [
    post("address/verify", async (exchange, request) => {
      await auth.verifyAddress.request(await signedIn(exchange), request);
      return json(202, { sent: true });
    }),
    post("address/verify/confirm", async (exchange, request) => {
      const me = await signedIn(exchange);
      const { token } = await readFields(exchange, ["token"]);
      await auth.verifyAddress.confirm(me, { token }, request);
      return done();
    }),
    post("address", async (exchange, request) => {
      const me = await signedIn(exchange);
      const { email } = await readFields(exchange, ["email"]);
      await auth.addressChange.request(me, { email }, request);
      return json(202, { sent: true });
    }),
    post("address/confirm", async (exchange, request) => {
      const me = await signedIn(exchange);
      const { token } = await readFields(exchange, ["token"]);
      return json(200, await auth.addressChange.confirm(me, { token }, request));
    }),
  ];
}
