/** The settings do not do for a back end with sign-in; the message says what to set. */
export class SiteSettingsError extends Error {
  override readonly name: string = "SiteSettingsError";
}

/** The base URL under which people reach a server with sign-in: what links in mails and cookies are made for. */
export interface Site {
  /** An origin, with a path where everything lies below one, and no slash at its end. That of the settings; on this machine alone that of the listener, and until it listens that of the port. Never that of a request. */
  readonly origin: string;
  /** Where the server listens, once it does. */
  listens(url: string): void;
}

export interface SiteSettings {
  readonly baseUrl: string | undefined;
  /** The address to listen on. */
  readonly host: string;
  readonly port: number;
}

/**
 * Without a base URL only for a server that this machine alone reaches.
 *
 * @throws SiteSettingsError where passwords would cross a network in the clear, or a link in a mail would lead nowhere.
 */
export function createSite({ baseUrl, host, port }: SiteSettings): Site {
  if (baseUrl === undefined && !isLocal(host))
    throw new SiteSettingsError(
      `People sign in here, and the server listens on ${host}: set CHASSIS_BASE_URL to the origin under which they reach it, such as https://www.example.org. Links in mails are made from it.`,
    );
  if (baseUrl !== undefined && baseUrl.startsWith("http:") && !isLocal(new URL(baseUrl).hostname))
    throw new SiteSettingsError(
      `People sign in here, and CHASSIS_BASE_URL is ${baseUrl}: passwords would be read on the way. It must begin with https:.`,
    );
  let listening: string | undefined;
  return {
    get origin() {
      return baseUrl ?? listening ?? `http://localhost:${port}`;
    },
    listens(url) {
      listening = url;
    },
  };
}

function isLocal(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127(?:\.\d{1,3}){3}$/.test(name);
}
