interface ErrorRow {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const form = {
  invalidQuery: { status: 400, code: "PGRST100", message: "The query could not be read." },
  invalidBody: { status: 400, code: "PGRST102", message: "The body could not be read." },
  invalidRange: { status: 416, code: "PGRST103", message: "The requested range is not satisfiable." },
  invalidPut: { status: 405, code: "PGRST105", message: "PUT works on one row, named by its primary key." },
  unknownSchema: { status: 406, code: "PGRST106", message: "There is no such schema." },
  notAcceptable: { status: 406, code: "PGRST107", message: "None of the accepted media types can be produced." },
  notEmbedded: { status: 400, code: "PGRST108", message: "The filter names a relation that select does not embed." },
  putWithLimit: { status: 400, code: "PGRST114", message: "PUT takes no limit and no offset." },
  putKeyMismatch: { status: 400, code: "PGRST115", message: "The key in the address and the key in the body differ." },
  singleRowExpected: { status: 406, code: "PGRST116", message: "Cannot coerce the result to a single JSON object" },
  methodNotAllowed: { status: 405, code: "PGRST117", message: "This method is not allowed here." },
  functionMethodNotAllowed: { status: 405, code: "PGRST101", message: "Queries take GET and POST, mutations POST." },
  orderNotToOne: { status: 400, code: "PGRST118", message: "Only a to-one relation can order rows." },
  embedFilterNotNull: { status: 400, code: "PGRST120", message: "An embedded relation takes only is.null and not.is.null." },
  invalidPreference: { status: 400, code: "PGRST122", message: "A preference is not understood." },
  maxAffectedExceeded: { status: 400, code: "PGRST124", message: "More rows would be affected than max-affected allows." },
  invalidPath: { status: 404, code: "PGRST125", message: "There is nothing at this path." },
  noDescription: { status: 404, code: "PGRST126", message: "The data API does not describe itself at its root." },
  notSupported: { status: 400, code: "PGRST127", message: "This is not supported." },
  invalidCursor: { status: 400, code: "invalid_cursor", message: "The cursor does not belong to this query." },
  invalidValue: { status: 400, code: "22P02", message: "A value has the wrong form." },
  invalidHeader: { status: 400, code: "invalid_header", message: "A header has the wrong form." },
  malformedRequest: { status: 400, code: "malformed_request", message: "This is not well-formed HTTP." },
  misdirected: { status: 421, code: "misdirected_request", message: "This server does not answer for that host." },
  invalidUrl: { status: 400, code: "invalid_url", message: "The address could not be decoded." },
  invalidSignature: { status: 400, code: "invalid_signature", message: "The signature of the message is not valid." },
  unsupportedMediaType: { status: 415, code: "unsupported_media_type", message: "This content type is not understood." },
  preconditionFailed: { status: 412, code: "precondition_failed", message: "The row is not as If-Match or If-None-Match says." },
  idempotencyKeyReused: {
    status: 422,
    code: "idempotency_key_reused",
    message: "This Idempotency-Key was used for another request.",
  },
  unfilteredMutation: { status: 400, code: "21000", message: "A change to every row needs a filter." },
} as const;

const names = {
  unknownTable: { status: 404, code: "PGRST205", message: "There is no such table." },
  unknownColumn: { status: 400, code: "42703", message: "There is no such column." },
  unknownInsertColumn: { status: 400, code: "PGRST204", message: "There is no such column." },
  unknownRelation: { status: 400, code: "PGRST200", message: "There is no such relation." },
  ambiguousRelation: { status: 300, code: "PGRST201", message: "More than one relation fits: name the column that is meant." },
  unknownFunction: { status: 404, code: "PGRST202", message: "There is no such function." },
  operatorMismatch: { status: 400, code: "42883", message: "This operator does not work on this kind of column." },
  invalidGrouping: { status: 400, code: "42803", message: "An aggregate cannot stand here." },
  notFound: { status: 404, code: "not_found", message: "There is no such row." },
} as const;

const callers = {
  invalidToken: { status: 401, code: "PGRST301", message: "The token is not valid." },
  expiredToken: { status: 401, code: "PGRST303", message: "The token has expired or was revoked." },
  signInRequired: { status: 401, code: "PGRST302", message: "This needs a signed-in user." },
  forbidden: { status: 403, code: "42501", message: "This is not allowed." },
  wrongCredentials: { status: 401, code: "wrong_credentials", message: "The address or the password is not right." },
  accountSuspended: { status: 403, code: "account_suspended", message: "This account is suspended." },
  impersonating: {
    status: 403,
    code: "impersonating",
    message: "An administrator acts as this account: this is for its owner alone.",
  },
  proofRequired: { status: 403, code: "proof_required", message: "This needs you to show once more who you are." },
  factorRequired: { status: 403, code: "factor_required", message: "This account needs a second factor to sign in." },
  wrongPasskey: { status: 400, code: "wrong_passkey", message: "This passkey is not known here, or its answer was not right." },
  stillNeeded: { status: 409, code: "still_needed", message: "This is still needed to sign in." },
  lastOwner: { status: 409, code: "last_owner", message: "An organisation keeps an owner: make somebody else one first." },
  otherAddress: { status: 403, code: "other_address", message: "This invitation is for another address." },
  usedLink: { status: 400, code: "used_link", message: "This link or code is not good any more: ask for a new one." },
  wrongCode: { status: 400, code: "wrong_code", message: "This code is not right, or not good any more." },
  providerFailed: {
    status: 502,
    code: "provider_failed",
    message: "The other site did not answer as it should: try again, or sign in another way.",
  },
  providerDeclined: {
    status: 403,
    code: "provider_declined",
    message: "The other site did not let you in, or you changed your mind.",
  },
  accountExists: {
    status: 409,
    code: "account_exists",
    message: "There is an account with this address: sign in to it, then connect the other site there.",
  },
  identityTaken: {
    status: 409,
    code: "identity_taken",
    message: "Another account is connected with this person of the other site.",
  },
  crossSite: { status: 403, code: "cross_site", message: "A page of another site sent this request." },
} as const;

// RFC 6749, 6750, 8707, OpenID Connect: `code` is their `error`.
const apps = {
  invalidOauthRequest: { status: 400, code: "invalid_request", message: "The request is not as OAuth has it." },
  invalidClient: { status: 401, code: "invalid_client", message: "The app is not known, or its secret is not right." },
  unauthorizedClient: { status: 400, code: "unauthorized_client", message: "This app may not do that." },
  invalidGrant: { status: 400, code: "invalid_grant", message: "The code or token is not good, or not good any more." },
  invalidScope: { status: 400, code: "invalid_scope", message: "The scope is not one that the app may ask for." },
  invalidTarget: { status: 400, code: "invalid_target", message: "The resource is not one that the app may ask tokens for." },
  unsupportedGrantType: {
    status: 400,
    code: "unsupported_grant_type",
    message: "There are authorization_code and refresh_token.",
  },
  unsupportedResponseType: { status: 400, code: "unsupported_response_type", message: "There is the code flow alone." },
  requestNotSupported: { status: 400, code: "request_not_supported", message: "Request objects are not supported." },
  requestUriNotSupported: { status: 400, code: "request_uri_not_supported", message: "Request objects are not supported." },
  registrationNotSupported: { status: 400, code: "registration_not_supported", message: "Apps do not register themselves here." },
  accessDenied: { status: 403, code: "access_denied", message: "The person said no." },
  loginRequired: { status: 400, code: "login_required", message: "The person would have to sign in." },
  consentRequired: { status: 400, code: "consent_required", message: "The person would have to be asked." },
  invalidAccessToken: { status: 401, code: "invalid_token", message: "The access token is not good, or not for this." },
  insufficientScope: { status: 403, code: "insufficient_scope", message: "The access token was given for less than this." },
} as const;

const data = {
  validationFailed: { status: 400, code: "validation_failed", message: "Some fields are not valid." },
  notNullViolation: { status: 400, code: "23502", message: "A required field is missing." },
  checkViolation: { status: 400, code: "23514", message: "A value breaks a check of the table." },
  uniqueViolation: { status: 409, code: "23505", message: "A row with this value exists already." },
  foreignKeyViolation: { status: 409, code: "23503", message: "The row that is referred to is not there." },
  stillReferenced: { status: 409, code: "23001", message: "Other rows refer to this one." },
  feedGone: { status: 410, code: "feed_gone", message: "What happened since then is not kept any more: start again." },
  numberOutOfRange: { status: 400, code: "22003", message: "A number is out of range." },
} as const;

const limits = {
  tooManyRequests: { status: 429, code: "too_many_requests", message: "That was too much in too short a time: try again later." },
  limitExceeded: { status: 400, code: "limit_exceeded", message: "The request is over a limit." },
  headersTooLarge: { status: 431, code: "headers_too_large", message: "The headers are too large." },
  requestTooSlow: { status: 408, code: "request_too_slow", message: "The request did not arrive in time." },
  bodyTooLarge: { status: 413, code: "body_too_large", message: "The body is too large." },
  urlTooLong: { status: 414, code: "url_too_long", message: "The address is too long." },
  timeout: { status: 503, code: "57014", message: "The request took too long and was stopped." },
  outcomeUnknown: { status: 503, code: "08007", message: "No answer came in time: it is not known whether the change was made." },
  overloaded: { status: 503, code: "overloaded", message: "The server is busy: try again soon." },
  unavailable: { status: 503, code: "unavailable", message: "The server cannot do this now: try again soon." },
  storageFull: { status: 507, code: "storage_full", message: "The server's disk is full: nothing was changed." },
  storageFailed: {
    status: 503,
    code: "storage_failed",
    message: "Nothing can be written until the server is restarted: its disk failed.",
  },
  maintenanceRunning: {
    status: 409,
    code: "maintenance_running",
    message: "The database is being worked on: one order at a time.",
  },
  databaseDamaged: { status: 500, code: "XX001", message: "The database is damaged: whoever runs this server must look at it." },
} as const;

const rest = {
  internal: { status: 500, code: "internal", message: "Something went wrong on the server." },
} as const;

/**
 * The one table of errors. Everything that goes wrong on purpose is a row of it; everything else becomes `internal`.
 *
 * `code` is what crosses the wire. Where PostgREST or SQLSTATE has a code with the same meaning it is that one, so that
 * clients written for PostgREST (`error.code === "PGRST116"`, `"23505"`) work unchanged; else it is the row's own name.
 * docs/reference/errors.md is written from this table: `node tests/docs/write-pages.ts`.
 */
export const errorTable: typeof form & typeof names & typeof callers & typeof apps & typeof data & typeof limits & typeof rest = {
  ...form,
  ...names,
  ...callers,
  ...apps,
  ...data,
  ...limits,
  ...rest,
};

/** The errors that there are, by their names in code: [the list](docs/reference/errors.md) has them with their status and code. */
export type ErrorName = keyof typeof errorTable;

interface ErrorGroup {
  readonly heading: string;
  /** Markdown, with links from docs/reference. */
  readonly note?: string;
  readonly rows: Readonly<Record<string, ErrorRow>>;
}

/** The same rows, as the page has them. */
export const errorGroups: readonly ErrorGroup[] = [
  { heading: "The request's form", rows: form },
  { heading: "Names", rows: names },
  { heading: "Who is asking", rows: callers },
  {
    heading: "What other apps are told",
    note: 'To [apps that sign people in here](oidc-provider.md) an error is `{ "error", "error_description" }`: the code and the message.',
    rows: apps,
  },
  { heading: "Data", rows: data },
  { heading: "Limits", rows: limits },
  { heading: "All the rest", rows: rest },
];
