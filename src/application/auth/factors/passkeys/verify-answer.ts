import {
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { AnswerQuestion, AnswerVerdict, GoodAnswer } from "./passkey-answers.ts";

/**
 * Holds an authenticator's answer to WebAuthn (level 3, sections 7.1 and 7.2): challenge, origin, host, the user verified, the signature. The
 * counter is compared where it is kept. Never throws: what is wrong with an answer is a problem in words, for the log.
 */
export async function verifyAnswer(question: AnswerQuestion): Promise<AnswerVerdict> {
  try {
    refuseFrames(question.response);
    return { good: question.type === "new" ? await verifyNew(question) : await verifyKnown(question) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

async function verifyNew({ response, challenge, origin, host }: AnswerQuestion): Promise<GoodAnswer> {
  const given = response as RegistrationResponseJSON;
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: given,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: host,
    requireUserVerification: true,
  });
  if (!verified) throw new Error("The attestation is not right.");
  const { credential, credentialBackedUp } = registrationInfo;
  const transports = Array.isArray(given.response.transports) ? given.response.transports : [];
  return {
    id: credential.id,
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: transports.filter((each) => typeof each === "string" && /^[a-z-]{1,20}$/.test(each)).slice(0, 8),
    synced: credentialBackedUp,
  };
}

async function verifyKnown(question: Extract<AnswerQuestion, { type: "known" }>): Promise<GoodAnswer> {
  const { response, challenge, origin, host, key } = question;
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: response as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: host,
    credential: { id: key.id, publicKey: new Uint8Array(key.publicKey), counter: 0 },
    requireUserVerification: true,
  });
  if (!verified) throw new Error("The signature is not right.");
  const { newCounter, credentialBackedUp } = authenticationInfo;
  return { id: key.id, publicKey: new Uint8Array(), counter: newCounter, transports: [], synced: credentialBackedUp };
}

/** Nobody frames our pages; what was signed within a frame of another site was not meant for us. Safari does not say in which. */
function refuseFrames(response: unknown): void {
  const text = (response as { readonly response?: { readonly clientDataJSON?: unknown } } | null)?.response?.clientDataJSON;
  if (typeof text !== "string") throw new Error("There is no clientDataJSON.");
  const data = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as { readonly crossOrigin?: unknown } | null;
  if (data?.crossOrigin === true) throw new Error("It was signed within a frame of another site.");
}
