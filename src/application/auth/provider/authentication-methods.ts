import { isFactorProof } from "../session-table.ts";

/** What a session's proofs are called elsewhere (RFC 8176): links and codes by mail, codes of an app and recovery codes are all good once. */
const methods: Readonly<Record<string, readonly string[]>> = {
  password: ["pwd"],
  link: ["otp"],
  code: ["otp"],
  totp: ["otp"],
  recovery: ["otp"],
  passkey: ["pop", "user"],
};

/** `amr` of an ID token: by what somebody has shown who they are. */
export function methodsOf(proofs: readonly string[]): readonly string[] {
  const named = proofs.flatMap((proof) => methods[proof] ?? []);
  return [...new Set([...named, ...(isStrong(proofs) ? ["mfa"] : [])])];
}

/** What `acr` can say: `phr` of a passkey (OpenID Connect EAP ACR Values 1.0), `mfa` of two factors otherwise, `sfa` of one. */
export const contextClasses = ["phr", "mfa", "sfa"] as const;

export function contextClassOf(proofs: readonly string[]): (typeof contextClasses)[number] {
  if (proofs.includes("passkey")) return "phr";
  return isStrong(proofs) ? "mfa" : "sfa";
}

/** A passkey is the device and who unlocked it; anything else that is a factor comes after a first proof. */
function isStrong(proofs: readonly string[]): boolean {
  return proofs.some(isFactorProof);
}
