import { type AtOnceName, defaultAtOnce, defaultRates, type Rate, type RateName } from "#application";
import { type SettingName, settings } from "#settings";
import { defaultHttpLimits, type HttpLimits } from "#server";
import { formatDefault } from "./describe-settings.ts";
import { withParts } from "./written-parts.ts";

const tooSlow =
  "`requestTooSlow`: The limits are 10000 ms for the headers (headerTimeout) and 60000 ms for all of it (receiveTimeout).";

/** What is said where one is met, with the defaults. The tests of limits meet them. */
const refusals: Readonly<Record<keyof HttpLimits, string>> = {
  headerBytes: "`headersTooLarge`: The limit is 16384 bytes (headerBytes).",
  headerCount: "`headersTooLarge`: The limit is 100 headers (headerCount).",
  urlLength: "`urlTooLong`: The limit is 16384 bytes (urlLength).",
  bodyBytes: "`bodyTooLarge`: The limit is 10485760 bytes (bodyBytes).",
  headerTimeout: tooSlow,
  receiveTimeout: tooSlow,
  answerTimeout: "`timeout`: The request took too long and was stopped.",
  keepAliveTimeout: "the connection is closed",
  idleTimeout: "the connection is closed",
  connections: "`overloaded`: The limit is 10000 connections (connections).",
  requestsPerConnection: "the connection is closed after the last answer",
};

/** docs/reference/limits.md, with the limits that are settings. */
export function describeLimits(): string {
  const requests = (Object.keys(defaultHttpLimits) as (keyof HttpLimits)[]).map((name) => [name, refusals[name]] as const);
  const rates = [
    ...(Object.entries(defaultRates) as [RateName, Rate][]).map(
      ([name, { amount, per }]) => [name, `The limit is ${amount} in ${per / 1000} seconds (${name}).`] as const,
    ),
    ...(Object.entries(defaultAtOnce) as [AtOnceName, number][]).map(
      ([name, amount]) => [name, `The limit is ${amount} at once (${name}).`] as const,
    ),
  ];
  return withParts("docs/reference/limits.md", { requests: table(requests), rates: table(rates) });
}

function table(rows: readonly (readonly [name: SettingName, refusal: string])[]): string {
  return [
    "| limit | default | setting | what it bounds | refusal |",
    "|---|---|---|---|---|",
    ...rows.map(([name, refusal]) => {
      const { variable, type, default: value, description } = settings[name];
      return `| \`${name}\` | ${formatDefault(value, type).replaceAll("`", "")} | \`${variable}\` | ${description} | ${refusal} |`;
    }),
  ].join("\n");
}
