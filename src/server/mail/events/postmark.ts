import { createHash } from "node:crypto";
import { invalidSignature, matchesOne } from "#application";
import { fieldsOf, parseJson, textOf } from "./event-json.ts";
import type { MailProvider } from "./mail-provider.ts";

const reasons: ReadonlyMap<unknown, "bounce" | "complaint"> = new Map([
  ["HardBounce", "bounce"],
  ["BadEmailAddress", "bounce"],
  ["SpamComplaint", "complaint"],
]);

/**
 * Postmark (postmarkapp.com/developer/webhooks): no signature, but a name and a password in the webhook's address, which come as basic
 * authentication (RFC 7617). Neither time nor body is proven, so the address must be https.
 */
export const postmark: MailProvider = {
  secretForm: "name:password as in the address of the webhook, the password of at least 16 characters",
  isSecret: (secret) => /^[\x21-\x39\x3b-\x7e]+:[\x21-\x7e]{16,}$/.test(secret),
  open(secrets) {
    // As digests, which have one length: comparing takes the same time whatever was guessed.
    const right = secrets.map((secret) => digest(Buffer.from(secret)));
    return ({ header, body }) => {
      const [, credentials = ""] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header("authorization") ?? "") ?? [];
      if (!matchesOne([digest(Buffer.from(credentials, "base64"))], right))
        throw invalidSignature("The name and the password are not those of the settings.");
      const { RecordType: record, ID: id, Type: type, Email: address, Description: description } = fieldsOf(parseJson(body));
      const reason = record === "SpamComplaint" ? "complaint" : record === "Bounce" ? reasons.get(type) : undefined;
      const known = textOf(id);
      if (reason === undefined || known === undefined) return [];
      return [{ id: known, suppress: [{ address, reason, detail: textOf(description) }] }];
    };
  },
};

function digest(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
