export { type Clock, systemClock } from "./clock.ts";
export { durationUnits, parseDuration } from "./duration.ts";
export { createIdSource, type IdSource } from "./ids.ts";
export { type Logger, silentLogger } from "./logger.ts";
export { createPacer } from "./pacer.ts";
export {
  oneOf,
  parseBaseUrl,
  parseHost,
  parseHostNames,
  parseHostPorts,
  parseNetworks,
  parseOrigin,
  parseOrigins,
  parseText,
  wholeNumber,
} from "./parse-setting.ts";
export { didYouMean, suggest } from "./suggest.ts";
export { currentWork, during, outsideWork, type Work } from "./work.ts";
