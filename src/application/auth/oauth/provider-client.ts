import type * as openidClient from "openid-client";
import type { ClientAuth, Configuration } from "openid-client";
import { AppError } from "#contract";
import { fetchSafely } from "../../outgoing/fetch-safely.ts";
import type { Person, Provider, Said } from "./provider.ts";
import { type OAuthClientSecret, readAppleKey } from "./oauth-clients.ts";
import { providerFailure } from "./provider-failure.ts";
import { createTransport } from "./provider-transport.ts";
import { UnreadableAnswer } from "./read-claims.ts";
import { isSecure } from "./providers/known-provider.ts";

type Library = typeof openidClient;

/** What is kept here of one sign-in at a site, until it sends the person back. */
export interface Journey {
  /** The address that it sends people back to. */
  readonly redirect: string;
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636: whoever only sees the code cannot use it. */
  readonly verifier: string;
  /** Milliseconds: who signed in there longer ago is to do so anew. Undefined where that is as well. */
  readonly maxAge: number | undefined;
}

/** Who came back. */
export interface Arrival {
  readonly person: Person;
  /** When they signed in there, milliseconds since 1970; undefined where the site does not say. */
  readonly proved: number | undefined;
}

/** One site, as it is spoken to. Throws `providerFailed`, `providerDeclined` and `overloaded`. */
export interface ProviderClient {
  /** Where to send somebody. */
  authorize(journey: Journey): Promise<string>;
  /** Who they are, by what they came back with. The code is used, and with it everything that was given for it. */
  redeem(journey: Journey, given: URLSearchParams): Promise<Arrival>;
}

/** Milliseconds for which a description counts, and for which one that could not be had is not asked for again: nobody waits for what has just failed. */
const KNOWN_FOR = 3_600_000;
const FAILED_FOR = 5000;
/** Sign-ins at one site that are under way at once. */
const MOST_AT_ONCE = 100;
/** Seconds in which Apple believes what we sign. */
const ASSERTION_LIFE = 300;

let library: Promise<Library> | undefined;
/** Loaded with the first sign-in elsewhere: 30 ms of the processor and 9 MB that a server without pays for in vain. */
const load = (): Promise<Library> => (library ??= import("openid-client"));

export interface ProviderClientOptions {
  /** Milliseconds for one request to the site. Default 8000. */
  readonly requestTime?: number;
  /** What carries questions to the site. Default `fetchSafely`. */
  readonly fetch?: typeof fetchSafely;
}

export function createProviderClient(
  provider: Provider,
  { id, secret }: OAuthClientSecret,
  { requestTime = 8000, fetch = fetchSafely }: ProviderClientOptions = {},
): ProviderClient {
  const { issuer, endpoints, withoutPkce, withoutIdToken, formPost, asksAnew, acr } = provider;
  const transport = createTransport(provider, requestTime, fetch);
  const isPlain = new URL(issuer).protocol === "http:";
  let known: { readonly until: number; readonly configuration: Promise<Configuration> } | undefined;
  let underWay = 0;

  async function describe(): Promise<Configuration> {
    const library = await load();
    const { allowInsecureRequests, discovery, enableNonRepudiationChecks } = library;
    // Signatures are checked as well where TLS brought the token (attack 23): what a proxy or another host of the site's could put there counts for nothing.
    const execute = [enableNonRepudiationChecks, ...(isPlain ? [allowInsecureRequests] : [])];
    const proof = await createClientAuth(provider, secret);
    if (endpoints === undefined)
      return discovery(new URL(issuer), id, {}, proof, {
        [library.customFetch]: transport,
        timeout: requestTime / 1000,
        execute,
      });
    const { authorization, token } = endpoints;
    const made = new library.Configuration(
      { issuer, authorization_endpoint: authorization, token_endpoint: token },
      id,
      {},
      proof,
    );
    made[library.customFetch] = transport;
    made.timeout = requestTime / 1000;
    for (const each of execute) each(made);
    return made;
  }

  /** The description, asked for once by however many want it. */
  function configure(): Promise<Configuration> {
    const now = performance.now();
    if (known === undefined || now >= known.until) {
      const configuration = describe();
      const entry = { until: now + KNOWN_FOR, configuration };
      known = entry;
      configuration.catch(() => {
        if (known === entry) known = { ...entry, until: performance.now() + FAILED_FOR };
      });
    }
    return known.configuration;
  }

  /** At most so many at once: a site that does not answer holds nobody else up, and no memory without a bound. */
  async function counted<T>(work: () => Promise<T>): Promise<T> {
    if (underWay >= MOST_AT_ONCE) throw new AppError("overloaded");
    underWay += 1;
    try {
      return await work();
    } catch (error) {
      throw providerFailure(error);
    } finally {
      underWay -= 1;
    }
  }

  return {
    authorize: ({ redirect, state, nonce, verifier, maxAge }) =>
      counted(async () => {
        const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await load();
        const configuration = await configure();
        const url = buildAuthorizationUrl(configuration, {
          ...provider.parameters,
          redirect_uri: redirect,
          scope: provider.scopes.join(" "),
          state,
          ...(withoutPkce ? {} : { code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: "S256" }),
          ...(withoutIdToken ? {} : { nonce }),
          ...(formPost ? { response_mode: "form_post" } : {}),
          ...(maxAge === undefined || !asksAnew ? {} : anew(maxAge)),
        });
        // A description may name any address: one that is no page of a site would run in ours.
        if (!isSecure(url)) throw new UnreadableAnswer("Its authorization endpoint is no page by https.");
        return url.href;
      }),

    redeem: ({ redirect, state, nonce, verifier, maxAge }, given) =>
      counted(async () => {
        const { authorizationCodeGrant, fetchProtectedResource, fetchUserInfo } = await load();
        const configuration = await configure();
        const isAnew = maxAge !== undefined && asksAnew === true;
        const tokens = await authorizationCodeGrant(configuration, new URL(`${redirect}?${given.toString()}`), {
          expectedState: state,
          ...(withoutPkce ? {} : { pkceCodeVerifier: verifier }),
          ...(withoutIdToken ? {} : { expectedNonce: nonce, idTokenExpected: true }),
          ...(isAnew ? { maxAge: Math.floor(maxAge / 1000) } : {}),
        });
        const claims: Said = { ...tokens.claims() };
        checkClaims(claims, { id, acr });
        const { userinfo_endpoint: about } = configuration.serverMetadata();
        const isLacking = !withoutIdToken && claims["email"] === undefined && about !== undefined;
        const more = isLacking ? await fetchUserInfo(configuration, tokens.access_token, String(claims["sub"])) : {};
        const person = await provider.read({
          // What is signed goes before what is not.
          claims: { ...more, ...claims },
          given: (name) => given.get(name),
          async ask(address) {
            const answer = await fetchProtectedResource(configuration, tokens.access_token, new URL(address), "GET");
            if (!answer.ok) throw new UnreadableAnswer(`Its API answered with ${answer.status}.`);
            return answer.json();
          },
        });
        const time = claims["auth_time"];
        return { person, proved: typeof time === "number" ? Math.floor(time * 1000) : undefined };
      }),
  };
}

/** `login` as well, for some sites heed only that. */
function anew(maxAge: number): Readonly<Record<string, string>> {
  return { max_age: String(Math.floor(maxAge / 1000)), ...(maxAge === 0 ? { prompt: "login" } : {}) };
}

/** What the library leaves to whoever asked: that it was made for us (`azp`, also where there is one audience), and how they signed in. */
function checkClaims(claims: Said, { id, acr }: { readonly id: string; readonly acr: readonly string[] }): void {
  const { azp, acr: way } = claims;
  if (azp !== undefined && azp !== id) throw new UnreadableAnswer("Its ID token was made for another client.");
  // A list of one would read as its text.
  if (acr.length > 0 && (typeof way !== "string" || !acr.includes(way)))
    throw new UnreadableAnswer("They did not sign in there in one of the ways that are asked for (acr).");
}

async function createClientAuth({ clientBy }: Provider, secret: string): Promise<ClientAuth> {
  const { ClientSecretBasic, ClientSecretPost } = await load();
  const post = ClientSecretPost(secret);
  const basic = ClientSecretBasic(secret);
  if (clientBy === "post") return post;
  if (clientBy === "basic") return basic;
  if (clientBy === undefined)
    return (server, client, body, headers) => {
      // Basic is what every server must take that says nothing (RFC 8414, section 2), and what the fewest do without mistakes.
      const ways = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
      return (ways.includes("client_secret_post") ? post : basic)(server, client, body, headers);
    };
  const { SignJWT } = await import("jose");
  const key = readAppleKey(secret);
  const prove = async (_server: unknown, { client_id }: { readonly client_id: string }, body: URLSearchParams): Promise<void> => {
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: "ES256", kid: clientBy.key })
      .setIssuer(clientBy.team)
      .setSubject(client_id)
      .setAudience("https://appleid.apple.com")
      .setIssuedAt()
      .setExpirationTime(`${ASSERTION_LIFE}s`)
      .sign(key);
    body.set("client_id", client_id);
    body.set("client_secret", assertion);
  };
  // oxlint-disable-next-line typescript/no-misused-promises -- The library waits for it, as it does for its own `PrivateKeyJwt`.
  return prove;
}
