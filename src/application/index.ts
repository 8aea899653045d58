export type { Authenticate, Credentials } from "./access/authenticate.ts";
export { callerFields } from "./access/caller-fields.ts";
export { openRevocations, type Revocations } from "./access/revocations.ts";
export type { Grant } from "./access/token-format.ts";
export { latestTime, openSteadyClock, type SteadyClock, steadyTime } from "./access/steady-clock.ts";
export { deriveKey, deriveKeys, type Keys } from "./access/keys.ts";
export {
  loadSecrets,
  loadTokenSecret,
  rotateSecret,
  type Secrets,
  TokenSecretError,
  tokenSecretFile,
} from "./access/token-secret.ts";
export type { SigningSecrets } from "./access/token-format.ts";
export { createTokens, type IssuedToken, type TokenOptions, type Tokens } from "./access/tokens.ts";
export { type Auth, openAuth, type OpenAuthOptions } from "./auth/auth.ts";
export type { AuthLetter, AuthMessage, SendAuthMail } from "./auth/auth-mails.ts";
export { changeProofAge } from "./auth/factors/recent-proof.ts";
export { callbackPath, type OAuthClientSettings, readClients } from "./auth/oauth/oauth-clients.ts";
export type { OAuth, OAuthOutcome } from "./auth/oauth/oauth.ts";
export type { FinishedSignUp, HalfSignUp } from "./auth/oauth/half-sign-up.ts";
export { type Identity, listIdentities } from "./auth/oauth/identity-table.ts";
export type { Intent } from "./auth/oauth/journeys.ts";
export { oidc, type OidcOptions, type OidcProvider } from "./auth/oauth/oidc.ts";
export { authPages, type AuthRequest } from "./auth/auth-parts.ts";
export { type Account, type AccountFilter, createAccountTable } from "./auth/account-table.ts";
export { createAuthTables, hasAuthTables } from "./auth/auth-tables.ts";
export { openPeopleOrders } from "./auth/people.ts";
export { isAnonymousAccount } from "./auth/anonymous/anonymous-table.ts";
export { isAnonymous } from "./auth/anonymous/is-anonymous.ts";
export { exportAccount } from "./auth/account/account-export.ts";
export type { DeletionPlan } from "./auth/account/deletion-plan.ts";
export type { RunningImpersonation } from "./auth/impersonation/running-impersonations.ts";
export { listSessions, proofNames, type SessionRow } from "./auth/session-table.ts";
export {
  findAccount,
  readUserOrder,
  type SteeredUser,
  type UserChange,
  type UserOrder,
  type UserOrderOutcome,
} from "./auth/user-orders.ts";
export type { AuthorizationRequest } from "./auth/provider/authorization-request.ts";
export { readAuthorizationRequest } from "./auth/provider/authorization-request.ts";
export { contextClasses } from "./auth/provider/authentication-methods.ts";
export type { ProviderDefinition, ProviderInput } from "./auth/provider/build-provider.ts";
export type { ClientCredentials } from "./auth/provider/client-authentication.ts";
export {
  type ClientInput,
  type ClientOrder,
  type ClientOrderOutcome,
  obeyClientOrder,
  readClientOrder,
} from "./auth/provider/client-orders.ts";
export { listClients, type OidcClient, signingAlgorithms } from "./auth/provider/client-table.ts";
export type { AllowedApp } from "./auth/provider/consent-table.ts";
export type { Provider } from "./auth/provider/provider.ts";
export { createProviderTables, hasProviderTables } from "./auth/provider/provider-tables.ts";
export { isRegisteredUri } from "./auth/provider/redirect-uri.ts";
export { type ScopeName, scopeNames, usualScopes } from "./auth/provider/scopes.ts";
export { canHashPasswords, hashPassword } from "./auth/passwords/password-hash.ts";
export { createAuthMailer } from "./auth/mails/send-auth-mail.ts";
export { createSite, SiteSettingsError } from "./auth/site.ts";
export { createSessionAuthenticate } from "./auth/authenticate-session.ts";
export { type AuthDefinition, type AuthInput, newUser } from "./auth/build-auth.ts";
export { newAnonymous } from "./auth/new-user.ts";
export type { FactorAdded, FactorOwner } from "./auth/factors/factor-owner.ts";
export type { FactorList, Factors, GivenFactor } from "./auth/factors/factors.ts";
export { type FactorName, isPending, type PendingSignIn, type SignInOutcome } from "./auth/factors/pending-sign-in.ts";
export type { Ceremony } from "./auth/factors/passkeys/passkey-ceremony.ts";
export type { Passkey } from "./auth/factors/passkeys/passkey-table.ts";
export type { GivenPasskey, Passkeys } from "./auth/factors/passkeys/passkeys.ts";
export type { TotpEnrolment } from "./auth/factors/totp.ts";
export type { AuthPages, AuthPagesInput, PageFieldInput } from "./auth/pages/build-auth-pages.ts";
export type { OrganisationsDefinition, OrganisationsOptions } from "./auth/organisations/build-organisations.ts";
export { invitationAge, mostInvitations } from "./auth/organisations/invitation-table.ts";
export type { PendingInvitation } from "./auth/organisations/invitations.ts";
export type { Member } from "./auth/organisations/members.ts";
export type { Organisations } from "./auth/organisations/open-organisations.ts";
export { createMemberships, type Memberships } from "./auth/organisations/memberships.ts";
export type { OwnOrganisation } from "./auth/organisations/organisations.ts";
export { labelFrom, type PageField, readPageFields } from "./auth/pages/page-fields.ts";
export { type AuthPageChanges, authPageWords, type AuthPageWords, authPageWordsIn } from "./auth/pages/page-words.ts";
export { passwordLengths } from "./auth/passwords/password-rules.ts";
export { hasKeyTable, type KeyRow, listKeys } from "./auth/keys/key-table.ts";
export type { NewKeyInput } from "./auth/keys/keys.ts";
export { oneTimePurposes } from "./auth/one-time-tokens.ts";
export { createSessionCookies, type SessionCookies } from "./auth/session-cookie.ts";
export type { GivenSession } from "./auth/sessions.ts";
export type { RenewedSession } from "./auth/sign-in.ts";
export { authorOf } from "./access/author.ts";
export { type Caller, system } from "./access/caller.ts";
export { callerName, hintOf, scopeOf } from "./access/key-scope.ts";
export { nonceHeader } from "./page-nonce.ts";
export { type AtOnce, type AtOnceName, defaultAtOnce, UnderWay } from "./rate-limits/at-once.ts";
export type { AppLimitName, AppLimits, LimitsInput, RateText, RouteLimit } from "./rate-limits/app-limits.ts";
export { createDatabaseRateStore, createRateTable } from "./rate-limits/database-rate-store.ts";
export { createMemoryRateStore } from "./rate-limits/memory-rate-store.ts";
export { parseRate, type Rate } from "./rate-limits/rate.ts";
export {
  createRateLimits,
  defaultRates,
  noRateLimits,
  type RateLimits,
  type RateName,
  type Rates,
} from "./rate-limits/rate-limits.ts";
export type { RateStore, Taken } from "./rate-limits/rate-store.ts";
export type {
  AggregateName,
  Comparison,
  Condition,
  CountRows,
  DeleteQuery,
  Embed,
  Field,
  InputRow,
  InsertQuery,
  JsonStep,
  MutationQuery,
  MutationResult,
  OrderTerm,
  Path,
  Precondition,
  PurgeQuery,
  ReadQuery,
  ReadResult,
  RowChunk,
  RowSource,
  RestoreQuery,
  RowVersion,
  SelectItem,
  Selection,
  UpdateQuery,
  ValueForm,
  ValueIndex,
} from "./records/query.ts";
export {
  comparables,
  type FilterEntry,
  type FilterOperator,
  filterOperators,
  type FilterValue,
  isFilterOperator,
} from "./records/filter-operators.ts";
export type { RecordOptions, Records } from "./records/records.ts";
export { formatRowTag, parseRowTag, type RowTag } from "./records/row-tag.ts";
export {
  type Backend,
  type BackendInput,
  defineBackend,
  type SeedContext,
  type SignatureMap,
} from "./definition.ts";
export type { Db, SystemDb } from "./functions/db.ts";
export type { VersionOf } from "./functions/table-db.ts";
export type { OrderBy, Where } from "./functions/where-types.ts";
export {
  type Access,
  type BackendFunction,
  type FunctionBuilders,
  type FunctionContext,
  type FunctionOptions,
  type FunctionSignature,
  functionsOf,
  mutation,
  query,
} from "./functions/define-function.ts";
export type { FunctionDefinition, HandlerContext } from "./functions/function.ts";
export { and, everyone, nobody, not, or, signedIn } from "./rules/conditions.ts";
export { now, today } from "./rules/moments.ts";
export type { ActorValue, Collection, RefValue, RowValue } from "./rules/row-types.ts";
export { missingRules, openToEveryone, type TableOperation, type Way } from "./rules/rule-gaps.ts";
export type { FieldRulesInput, RulesInput, RuleScope, TableRulesInput } from "./rules/rule-types.ts";
export type { FieldRules, RuleBook, TableRules, UpdateRule } from "./rules/rules.ts";
export type {
  BytesValue,
  Condition as RuleCondition,
  DateValue,
  JsonValue,
  NumberValue,
  TextValue,
  TimestampValue,
  Value,
} from "./rules/value.ts";
export { type AccessQuestion, asCondition, type NamedRule, type Ruled, rulesFor } from "./permissions/effective-rule.ts";
export {
  type ClauseVerdict,
  decidingClauses,
  explainAccess,
  type Explanation,
  isOpen,
  type RuleVerdict,
  type Verdict,
} from "./permissions/explain.ts";
export type { DecidingFact } from "./permissions/deciding-facts.ts";
export { callerKinds, type CallerKind, rolesIn } from "./permissions/diff/callers.ts";
export { type RuleChange, compareRules, type RuleComparison } from "./permissions/diff/compare-rules.ts";
export { type DescribedRule, describeRules } from "./permissions/describe-rules.ts";
export { diffRules, type Outcome, type RuleDifference, verdictOn, type VersionOfRules } from "./permissions/diff/diff-rules.ts";
export { ExampleValues } from "./permissions/diff/example-values.ts";
export type { Example } from "./permissions/diff/example-world.ts";
export { readSnapshot, SnapshotError, writeSnapshot } from "./permissions/diff/snapshot.ts";
export { mergeModels } from "./permissions/diff/merged-model.ts";
export { type People, peopleOf, type Person } from "./permissions/people.ts";
export { type KnownRow, readValues } from "./permissions/residual.ts";
export { rewrite as rewriteExpression, someNode as someExpression } from "./permissions/rewrite.ts";
export { type WayIn, waysThrough, type WhoAnswer, whoMay, type WhoOptions } from "./permissions/who.ts";
export { defineSchema, type SchemaOptions } from "./schema/define-schema.ts";
export { type ReferenceCircle, referenceCircles } from "./schema/reference-circles.ts";
export { DefinitionError, type DefinitionProblem } from "./schema/definition-error.ts";
export type { Field as SchemaField, OnDelete } from "./schema/field.ts";
export {
  accountEmail,
  bool,
  bytes,
  date,
  decimal,
  email,
  enums,
  id,
  integer,
  json,
  real,
  ref,
  secret,
  text,
  timestamp,
  url,
} from "./schema/fields.ts";
export type { Relations, RelationType } from "./schema/relation-types.ts";
export type { AnySchema, Schema, SchemaShape } from "./schema/schema.ts";
export { table, type TableOptions } from "./schema/table.ts";
export type {
  ActorOf,
  HasHistory,
  ClaimName,
  Columns,
  ColumnSpec,
  Insert,
  KeySpec,
  KyselyDatabase,
  RoleName,
  Row,
  TableName,
  Update,
} from "./schema/types.ts";
export { createRecordStore, type RecordStore, type RecordStoreOptions } from "./records/record-store.ts";
export type { RowStream, StreamField } from "./records/stream.ts";
export { type Retention, type RetentionOptions, startRetention, type Swept } from "./records/retention.ts";
export { defaultRecordLimits, type RecordLimits } from "./records/limits.ts";
export { createReach, type Reach, type ReachFinder, type TableReach } from "./records/reach.ts";
export type { VisibleColumn } from "./records/access-view.ts";
export { createDbOpener, type DbOpener } from "./functions/open-db.ts";
export { type FunctionReach, functionsWithin } from "./functions/function-reach.ts";
export { type CallOptions, createFunctions, type Functions, type FunctionsOptions } from "./functions/run-functions.ts";
export { type FetchApp, type FetchHandler, type OwnRoute, ownPaths, ownRoutes, type RoutesInput } from "./routes.ts";
export { encryptSecretFields } from "./secrets/encrypt-secret-fields.ts";
export { findLostSecrets } from "./secrets/lost-secrets.ts";
export { createSecretFields, type SecretFields } from "./secrets/secret-fields.ts";
export { describeProblem } from "./imports/describe-problem.ts";
export { importRows } from "./imports/import-rows.ts";
export {
  type ImportOutcome,
  type ImportRow,
  type ImportRules,
  type Refusal,
  refusalsKept,
  type TableTally,
} from "./imports/import-types.ts";
export { createUnits, type RunUnit, type UnitOfWork } from "./unit-of-work.ts";
export { createIdempotency, type Idempotency, type KeptAnswer, type KeptRequest } from "./idempotency/idempotency.ts";
export { openJobs, type Jobs, type OpenJobsOptions } from "./jobs/open-jobs.ts";
export { ownJob, type OwnJobOptions } from "./jobs/own-jobs.ts";
export type { EnqueueOwn, OwnJobOrder } from "./jobs/enqueue.ts";
export { type JobOrder, type JobOrderOutcome, obeyJobOrder, readJobOrder } from "./jobs/job-orders.ts";
export { type JobState, jobStates } from "./jobs/job-table.ts";
export { countJobs, findJob, type JobFilter, type JobRow, listJobs, type QueueCounts } from "./jobs/list-jobs.ts";
export type { JobControl } from "./jobs/job-control.ts";
export { Postpone, UnrecoverableError } from "./jobs/job-errors.ts";
export { type Job, type JobBuilders, type JobContext, jobsOf } from "./jobs/define-job.ts";
export type { EnqueueableJob, JobOptions } from "./jobs/written-job.ts";
export { type CronJob, type CronOptions, cron, type MissedRuns } from "./jobs/define-cron.ts";
export type { Enqueue, EnqueueOptions } from "./jobs/enqueue-types.ts";
export type { QueueLimits } from "./jobs/queue-gate.ts";
export { FetchFailedError, type FetchFailure, type FetchRefusal, FetchRefusedError } from "./outgoing/fetch-errors.ts";
export { fetchSafely, type FetchSafelyOptions } from "./outgoing/fetch-safely.ts";
export type { OutgoingBody } from "./outgoing/outgoing-body.ts";
export type { ResolveHost } from "./outgoing/resolve-target.ts";
export { type GitHubWebhook, verifyGitHubWebhook } from "./webhooks/github-webhooks.ts";
export {
  createWebhookSecret,
  type SignedWebhook,
  type SignWebhookOptions,
  signWebhook,
  verifyWebhook,
  type WebhookHeaders,
} from "./webhooks/standard-webhooks.ts";
export { verifyStripeWebhook } from "./webhooks/stripe-webhooks.ts";
export {
  type Webhook,
  type WebhookBuilders,
  type WebhookOptions,
  webhooksOf,
} from "./webhooks/sending/define-webhook.ts";
export { createDisabledNotice } from "./webhooks/sending/disabled-notice.ts";
export { type OpenWebhooks, openWebhooks, type OpenWebhooksOptions } from "./webhooks/sending/open-webhooks.ts";
export type { EndpointInput as WebhookEndpointInput } from "./webhooks/sending/endpoint-input.ts";
export { findEndpoint, listEndpoints, type WebhookEndpoint } from "./webhooks/sending/endpoint-table.ts";
export {
  type DeliveryFilter as WebhookDeliveryFilter,
  listAttempts,
  listDeliveries,
  type WebhookAttempt,
  type WebhookDelivery,
} from "./webhooks/sending/delivery-table.ts";
export type { ReplayOf as WebhookReplay } from "./webhooks/sending/replay.ts";
export { readWebhookOrder, type WebhookOrder, type WebhookOrderOutcome } from "./webhooks/sending/webhook-orders.ts";
export { type DeliveryState, hasWebhookTables } from "./webhooks/sending/webhook-tables.ts";
export type { Webhooks } from "./webhooks/sending/webhooks.ts";
export {
  checkTime as checkWebhookTime,
  hmac as webhookHmac,
  invalidSignature,
  matchesOne,
  type VerifyOptions as VerifyWebhookOptions,
  type WebhookPayload,
  type WebhookSecrets,
} from "./webhooks/verify-signature.ts";
export { createMailEvents, type MailEvent, type MailEvents } from "./mail/mail-events.ts";
export type { Address } from "./mail/address.ts";
export type { Brand, Translated } from "./mail/brand.ts";
export {
  type Block,
  button,
  code,
  divider,
  heading,
  image,
  list,
  type MailBody,
  paragraph,
  quote,
  rows,
  small,
  subheading,
} from "./mail/content/blocks.ts";
export { emphasis, type Inline, link, strong } from "./mail/content/inline.ts";
export { type Letter, mail, type MailDefinition, type MailScope, type MailTemplate, type Recipient } from "./mail/define-mail.ts";
export { type CheckedMailSettings, type MailSettings, translate } from "./mail/mail-settings.ts";
export { type MailOrder, type MailOrderOutcome, obeyMailOrder, readMailOrder } from "./mail/mail-orders.ts";
export { createMailTables, hasMailTables } from "./mail/mail-tables.ts";
export { directionOf } from "./mail/languages.ts";
export { themeOf } from "./mail/render/theme.ts";
export { type UnsubscribePageChanges, unsubscribePageIn, type UnsubscribePageWords } from "./mail/unsubscribe-page-words.ts";
export {
  lackingMailSettings,
  MailSettingsError,
  openMail,
  type OpenedMail,
  type OpenMailOptions,
  parseSender,
} from "./mail/open-mail.ts";
export { DeliveryError, type Delivery } from "./mail/deliver.ts";
export { type Mail, type MailDestination, unsubscribePath } from "./mail/mail.ts";
export { type MailServer, type MailServerSetting, parseMailServer } from "./mail/mail-server.ts";
export { createSmtpDelivery, tryMailServer } from "./mail/smtp-delivery.ts";
export type { ComposedMessage, KeptMessage, Mailbox, MessageFilter, MessageSummary } from "./mail/mailbox.ts";
export {
  listSuppressions,
  type NewSuppression,
  type Suppression,
  type SuppressionFilter,
  type SuppressionReason,
  type Suppressions,
} from "./mail/suppressions.ts";
export type { Unsubscription } from "./mail/unsubscribe-token.ts";
export { type Change, type Trigger, type TriggerBuilders, type TriggerOptions, triggersOf } from "./triggers/define-trigger.ts";
export { TriggerListener } from "./triggers/trigger-listener.ts";
export type { ChangeOperation, ChangeScope, ChangeSelection } from "./changes/change-selection.ts";
export { createRouteContext, type RouteContext, type RouteContextOptions } from "./route-context.ts";
export { buildPulledModel } from "./pull/build-schema.ts";
export { copyRows, type RefusedRow, type TableCopy } from "./pull/copy-rows.ts";
export { unmatchedColumns } from "./pull/plan-copy.ts";
export { printSchema } from "./pull/print-schema.ts";
export { type PullOptions, pullSchema } from "./pull/pull-schema.ts";
export type { PulledSchema } from "./pull/pulled-schema.ts";
export { indexLine, type MissingIndex, missingRuleIndexes } from "./doctor/rule-columns.ts";
export { hasSecretFields } from "./secrets/model-secrets.ts";
