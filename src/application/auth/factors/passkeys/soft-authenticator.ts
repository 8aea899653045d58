import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { Ceremony } from "./passkey-ceremony.ts";

/** How an authenticator, or the browser before it, is not as it should be. */
export interface Deviation {
  readonly origin?: string;
  readonly host?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  /** Flags of the authenticator data (WebAuthn level 3, section 6.1). */
  readonly flags?: number;
  readonly counter?: number;
  readonly handle?: string;
}

interface SoftCredential {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly handle: string;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED = 0x40;

/** An authenticator in software, of one credential: for tests, which can make it do what no device would. */
export class SoftAuthenticator {
  readonly #origin: string;
  #credential: SoftCredential | undefined;
  #counter: number;

  /** `counter` 0 counts nothing, as passkeys that are synced do. */
  constructor(origin: string, counter = 0) {
    this.#origin = origin;
    this.#counter = counter;
  }

  get id(): string {
    return this.#own.id;
  }

  get #own(): SoftCredential {
    if (this.#credential === undefined) throw new Error("It has no credential yet.");
    return this.#credential;
  }

  /** What `navigator.credentials.create` gives, as JSON. `id` takes another authenticator's. */
  create(
    { options }: Ceremony,
    { id = randomBytes(32).toString("base64url"), ...deviation }: Deviation & { readonly id?: string } = {},
  ) {
    const { challenge, user } = options as { readonly challenge: string; readonly user: { readonly id: string } };
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    this.#credential = { id, privateKey, handle: user.id };
    const idBytes = Buffer.from(id, "base64url");
    const attested = Buffer.concat([
      Buffer.alloc(16),
      Buffer.from([idBytes.length >> 8, idBytes.length & 255]),
      idBytes,
      // COSE (RFC 9052): kty 2, alg -7, crv 1, x, y.
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
      Buffer.from(x, "base64url"),
      Buffer.from([0x22, 0x58, 0x20]),
      Buffer.from(y, "base64url"),
    ]);
    const data = this.#authenticatorData(deviation, ATTESTED, attested);
    // CBOR: { fmt: "none", attStmt: {}, authData: bytes }.
    const attestationObject = Buffer.concat([
      Buffer.from([0xa3]),
      text("fmt"),
      text("none"),
      text("attStmt"),
      Buffer.from([0xa0]),
      text("authData"),
      Buffer.from([0x59, data.length >> 8, data.length & 255]),
      data,
    ]);
    const clientDataJSON = this.#clientData("webauthn.create", challenge, deviation);
    return credential(id, {
      clientDataJSON,
      attestationObject: attestationObject.toString("base64url"),
      transports: ["internal", "<b>"],
    });
  }

  /** What `navigator.credentials.get` gives, as JSON. */
  get({ options }: Ceremony, deviation: Deviation = {}) {
    const { id, privateKey, handle } = this.#own;
    if (this.#counter > 0) this.#counter += 1;
    const data = this.#authenticatorData(deviation);
    const clientDataJSON = this.#clientData("webauthn.get", String(options["challenge"]), deviation);
    const signed = Buffer.concat([data, createHash("sha256").update(Buffer.from(clientDataJSON, "base64url")).digest()]);
    const signature = createSign("sha256").update(signed).sign(privateKey).toString("base64url");
    const userHandle = deviation.handle ?? handle;
    return credential(id, { clientDataJSON, authenticatorData: data.toString("base64url"), signature, userHandle });
  }

  #authenticatorData(deviation: Deviation, more = 0, rest: Buffer = Buffer.alloc(0)): Buffer {
    const { host = new URL(this.#origin).hostname, flags = USER_PRESENT | USER_VERIFIED, counter = this.#counter } = deviation;
    const head = Buffer.alloc(5);
    head.writeUInt8(flags | more, 0);
    head.writeUInt32BE(counter, 1);
    return Buffer.concat([createHash("sha256").update(host).digest(), head, rest]);
  }

  #clientData(
    usual: string,
    asked: string,
    { type = usual, challenge = asked, origin = this.#origin, crossOrigin = false }: Deviation,
  ) {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin })).toString("base64url");
  }
}

function credential(id: string, response: Readonly<Record<string, unknown>>) {
  return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response };
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | value.length]), Buffer.from(value)]);
}
