import type { Config } from "#config";
import { isLoopback } from "#server";
import type { DeployFinding } from "./finding.ts";

/** How people get here: the address, what stands in front, and which names and sites are taken for ours. */
export function examineNetwork(config: Config): readonly DeployFinding[] {
  return [
    examineBaseUrl(config),
    examineProxies(config),
    ...examineHosts(config),
    examineCors(config),
    examineTransport(config),
    examineRates(config),
  ].filter((finding) => finding !== undefined);
}

function examineBaseUrl({ baseUrl }: Config): DeployFinding | undefined {
  if (baseUrl?.startsWith("https:") === true) return undefined;
  return {
    check: "base-url",
    level: "problem",
    message: baseUrl === undefined ? "CHASSIS_BASE_URL is not set." : `CHASSIS_BASE_URL is ${baseUrl}: without TLS.`,
    why: "Passwords, cookies and tokens cross the network where everybody on the way can read them, and links in mails lead to this machine.",
    action: "Put a proxy with TLS in front, and set CHASSIS_BASE_URL to the address that people use: https://site.example.",
  };
}

function examineProxies({ host, baseUrl, trustedProxies }: Config): DeployFinding | undefined {
  if (trustedProxies.length > 0) return undefined;
  const action =
    "Set CHASSIS_TRUSTED_PROXIES to the addresses of the proxies in front of this server; loopback where they are on this machine.";
  if (!isLoopback(host) && host !== "localhost") {
    return {
      check: "proxies",
      level: "problem",
      message: `The server listens on ${host} for other machines, and no proxy is named.`,
      why: "There is no TLS between them and this server; or there is a proxy, and then everybody is one caller to it, whom the limits hold as one.",
      action,
    };
  }
  if (baseUrl?.startsWith("https:") !== true) return undefined;
  return {
    check: "proxies",
    level: "problem",
    message: "People come by HTTPS, so through a proxy, and none is named.",
    why: "Everybody is one caller: the limits meant for one hold for all together, and the log cannot tell who it was.",
    action,
  };
}

function examineHosts({ baseUrl, allowedHosts }: Config): readonly DeployFinding[] {
  if (allowedHosts.includes("*")) {
    return [
      {
        check: "allowed-hosts",
        level: "problem",
        message: "CHASSIS_ALLOWED_HOSTS is *: every Host header is taken for this server's name.",
        why: "A page of a stranger whose name is made to point here (DNS rebinding) is then a page of this site.",
        action: "Name the hosts, *.site.example for all below one.",
      },
    ];
  }
  if (baseUrl !== undefined || allowedHosts.length > 0) return [];
  return [
    {
      check: "allowed-hosts",
      level: "problem",
      message: "Neither CHASSIS_BASE_URL nor CHASSIS_ALLOWED_HOSTS is set.",
      why: "The server answers under localhost and its own address alone: people who come by a name are refused with 421.",
      action: "Set CHASSIS_BASE_URL, and further names in CHASSIS_ALLOWED_HOSTS.",
    },
  ];
}

function examineCors({ corsOrigins }: Config): DeployFinding | undefined {
  if (!corsOrigins.includes("*")) return undefined;
  return {
    check: "cors",
    level: "problem",
    message: "CHASSIS_CORS_ORIGINS is *: pages of every site may read answers.",
    why: "Whatever a visitor of such a page can reach from where they are, its author can read.",
    action: "Name the sites whose pages need it. Where the data is everybody's anyway: --accept cors.",
  };
}

function examineTransport({ baseUrl, strictTransport }: Config): DeployFinding | undefined {
  if (baseUrl?.startsWith("https:") !== true || strictTransport !== "off") return undefined;
  return {
    check: "strict-transport",
    level: "advice",
    message: "CHASSIS_STRICT_TRANSPORT is off: browsers are not told to come by HTTPS alone.",
    why: "The first request by http:// can be answered by whoever is on the way.",
    action: "Leave the setting out, or host where names below this one still need http.",
  };
}

function examineRates({ rateLimits }: Config): DeployFinding | undefined {
  if (rateLimits === "on") return undefined;
  return {
    check: "rate-limits",
    level: "question",
    message: "CHASSIS_RATE_LIMITS is off: nobody counts here how often somebody asks.",
    why: "Passwords can be tried as fast as they are checked, and one caller can keep the server busy.",
    action: "Does something in front of the server count, sign-in by account included? Else leave the setting out.",
  };
}
