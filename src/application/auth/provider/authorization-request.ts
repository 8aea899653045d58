import { AppError } from "#contract";
import type { OidcClient } from "./client-table.ts";
import { readScopes, type ScopeName } from "./scopes.ts";

const prompts = ["none", "login", "consent", "select_account"] as const;
export type Prompt = (typeof prompts)[number];

/** What an app asks for, checked: the code flow with PKCE, and nothing beside it. */
export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly scopes: readonly ScopeName[];
  /** S256 (RFC 7636). */
  readonly challenge: string;
  readonly nonce: string | undefined;
  /** The API that the tokens are for (RFC 8707). */
  readonly resource: string | undefined;
  readonly prompts: ReadonlySet<Prompt>;
  /** Milliseconds since which the person must have shown who they are. */
  readonly maxAge: number | undefined;
  /** An ID token of the person that the app expects. */
  readonly hint: string | undefined;
}

/** A parameter by its name; empty where it was not sent. */
export type Parameter = (name: string) => string;

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** Characters of `nonce`: it is kept, and comes back in a token. */
const MOST_NONCE = 255;

/**
 * The rest of a request whose app and address to go back to are known. What is thrown goes back to that address: `invalidOauthRequest`,
 * `unsupportedResponseType`, `invalidScope`, `invalidTarget` and those of what is not supported.
 */
export function readAuthorizationRequest(given: Parameter, client: OidcClient): AuthorizationRequest {
  if (given("request") !== "") throw new AppError("requestNotSupported");
  if (given("request_uri") !== "") throw new AppError("requestUriNotSupported");
  if (given("registration") !== "") throw new AppError("registrationNotSupported");
  const responseType = given("response_type");
  if (responseType === "") throw refused("response_type is missing.");
  if (responseType !== "code") throw new AppError("unsupportedResponseType");
  if (!["", "query"].includes(given("response_mode"))) throw refused("response_mode is query, or left out.");
  const nonce = given("nonce");
  if (nonce.length > MOST_NONCE) throw refused(`nonce is longer than ${MOST_NONCE} characters.`);
  const hint = given("id_token_hint");
  return {
    redirectUri: given("redirect_uri"),
    scopes: readWanted(given("scope"), client),
    challenge: readChallenge(given),
    nonce: nonce === "" ? undefined : nonce,
    resource: readResource(given("resource"), client),
    prompts: readPrompts(given("prompt")),
    maxAge: readMaxAge(given("max_age")),
    hint: hint === "" ? undefined : hint,
  };
}

/** What the app may not ask for is left out, and the answer says what was given (RFC 6749 section 3.3). */
function readWanted(text: string, client: OidcClient): readonly ScopeName[] {
  const scopes = readScopes(text).filter((scope) => client.scopes.includes(scope));
  if (!scopes.includes("openid"))
    throw new AppError("invalidScope", { message: "scope must have openid in it, and the app must be one that may ask for it." });
  return scopes;
}

/** There is no way without (RFC 9700 section 2.1.1), and no `plain`, which would show the verifier to whoever sees the request. */
function readChallenge(given: Parameter): string {
  const challenge = given("code_challenge");
  if (challenge === "") throw refused("code_challenge is missing: PKCE is needed.");
  if (given("code_challenge_method") !== "S256") throw refused("code_challenge_method is S256.");
  if (!CHALLENGE.test(challenge)) throw refused("code_challenge is not a SHA-256 in base64url.");
  return challenge;
}

function readResource(resource: string, client: OidcClient): string | undefined {
  if (resource === "") return undefined;
  if (!client.resources.includes(resource)) throw new AppError("invalidTarget");
  return resource;
}

function readPrompts(text: string): ReadonlySet<Prompt> {
  const names = new Set(text.split(" ").filter((name) => name !== ""));
  const known = prompts.filter((name) => names.has(name));
  if (known.length !== names.size) throw refused(`prompt is of ${prompts.join(", ")}.`);
  if (names.has("none") && names.size > 1) throw refused("prompt=none stands alone.");
  return new Set(known);
}

function readMaxAge(text: string): number | undefined {
  if (text === "") return undefined;
  if (!/^\d{1,9}$/.test(text)) throw refused("max_age is a whole number of seconds.");
  return Number(text) * 1000;
}

function refused(message: string): AppError {
  return new AppError("invalidOauthRequest", { message });
}
