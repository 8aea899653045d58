export { type CheckHost, createHostCheck, type HostCheckOptions } from "./clients/host-check.ts";
export { isFromHere } from "./clients/from-here.ts";
export { addressGroup, canonicalAddress, isLoopback } from "./clients/ip-address.ts";
export {
  type Client,
  createClientReader,
  type ProxyHeader,
  type ProxyOptions,
  type ReadClient,
  unknownClient,
} from "./clients/read-client.ts";
export { type Cors, type CorsOptions, createCors } from "./http/cors.ts";
export { errorAnswer } from "./http/error-answer.ts";
export type { Answer, Exchange } from "./http/exchange.ts";
export { createAppRoutes, type FetchHandler } from "./http/fetch-bridge.ts";
export {
  createFetchServer,
  type FetchHandlerOptions,
  type FetchOrigin,
  type FetchServer,
  type ServerFetch,
} from "./http/fetch-handler.ts";
export type { Handler, Incoming, Respond } from "./http/incoming.ts";
export { NodeHandler, type NodeHandlerOptions } from "./http/node-handler.ts";
export { createPrefix, pathOf, type Prefix } from "./http/prefix.ts";
export { defaultHttpLimits, type HttpLimits } from "./http/limits.ts";
export { Listener, type ListenerOptions, originAt } from "./http/listener.ts";
export { createResponder, type ResponderOptions } from "./http/responder.ts";
export { createRouteLimits } from "./http/route-limits.ts";
export { whoAsks } from "./http/who-asks.ts";
export { createRouter, type Found, type MountedPath, type Route, type Router, type RouterOptions } from "./http/router.ts";
export { type CallerLimits, createCallerLimits } from "./rest/caller-limits.ts";
export {
  createSecurityHeaders,
  permissionsPolicy,
  type SecurityHeaders,
  type StrictTransport,
} from "./http/security-headers.ts";
export { type ParsedRead, parseRead, type ReadOptions } from "./rest/grammar/parse-read.ts";
export { createUnaskedWrites } from "./rest/write/unasked-writes.ts";
export { defaultRestLimits, type RestLimits } from "./rest/rest-limits.ts";
export { createRest, listRestPaths, type Rest, type RestPath, type RowRequest } from "./rest/rest-routes.ts";
export { createAuthRoutes } from "./auth/auth-routes.ts";
export { createExportAnswer, exportRoom } from "./auth/export-answer.ts";
export { createAuthPages } from "./auth/pages/auth-pages.ts";
export { accountPath } from "./auth/page/paths.ts";
export type { AuthPagesOptions } from "./auth/page/serve-page.ts";
export { type CrossSite, createCrossSite } from "./auth/cross-site.ts";
export { createRevokeTokenRoute } from "./auth/revoke-token.ts";
export { createHealthRoutes, type HealthOptions } from "./health/health.ts";
export { LoopWatch, type LoopWatchOptions } from "./observability/loop-watch.ts";
export { createLogger, type LoggerOptions, type ProcessLogger } from "./observability/logger.ts";
export { type Cell, CsvError, CsvReader, type CsvRecord } from "./rest/body/csv-reader.ts";
export { csvCell, csvValue } from "./rest/body/csv-writer.ts";
export { createRowSplitter } from "./rest/body/row-splitter.ts";
export { sliceRows } from "./rest/body/json-slices.ts";
export type { LogLevel } from "./observability/log-level.ts";
export { readHeaders as readMailHeaders } from "./mail/mailbox/read-headers.ts";
export { mailboxPath } from "./mail/mailbox/mailbox-page.ts";
export { createMailRoutes, type MailRoutesOptions } from "./mail/mail-routes.ts";
export { type MailEventSecrets, parseMailEvents } from "./mail/events/parse-mail-events.ts";
export type { MailProviderName } from "./mail/events/providers.ts";
export { Maintenance, type MaintenanceOrder, type MaintenanceState } from "./maintenance/maintenance.ts";
export { createMaintenanceRoute, maintenancePath, orderName } from "./maintenance/maintenance-route.ts";
export {
  type ImportOrder,
  isSpool,
  spoolLine,
  spoolName,
} from "./maintenance/import-spool.ts";
export { createRunOrder, runOrder } from "./maintenance/run-order.ts";
export { type DocumentOptions, writeDocument } from "./openapi/document.ts";
export type { JsonSchema, OpenApiDocument } from "./openapi/openapi.ts";
export { type ApiDocsAccess, createOpenApiRoute } from "./openapi/openapi-route.ts";
export { createReferenceRoutes } from "./openapi/reference/reference-route.ts";
