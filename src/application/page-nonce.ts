import { AppError } from "#contract";

/** By which the server tells an app's routes the nonce of the answer. Whatever a caller sends under this name is replaced. */
export const nonceHeader = "x-content-security-nonce";

/**
 * The nonce with which scripts and styles inside the page that answers this request may run: `<script nonce="...">`. Another one for each request. Of a request that did not come through the server
 * there is none: throws `internal`.
 */
export function nonceOf({ headers }: Request): string {
  const nonce = headers.get(nonceHeader);
  if (nonce === null)
    throw new AppError("internal", { cause: new Error("nonce() takes the request that the routes were given.") });
  return nonce;
}
