import { AppError } from "#contract";
import type { Answer } from "./exchange.ts";
import type { Target } from "./target.ts";

/**
 * The path of the base URL (`/app` of `https://example.org/app`), below which everything of this server is. Within the server nobody knows of it: paths of requests
 * are without it, and what leaves is put below it here, in one place.
 */
export interface Prefix {
  /** `/app`; empty where there is none. */
  readonly path: string;
  /** The target as routes know it. Throws `invalidPath` for one that does not lie below. */
  strip(target: Target): Target;
  /** Sends on from `/app`, whose pages have relative links, to `/app/`; undefined for every other request. */
  move(target: Target): Answer | undefined;
  /** An answer of this server's own, with its `Location` and the links of its pages below the prefix. */
  place(answer: Answer): Answer;
}

export interface PrefixOptions {
  /** `https://example.org/app` */
  readonly baseUrl: string | undefined;
  /** Whether requests come with that path, or a proxy has taken it away. */
  readonly prefix: "kept" | "stripped";
}

/** Below it lies no prefix: whatever watches the process asks it directly, and knows nothing of the path that people use. */
const ANYWHERE = "health";

/** Undefined where the base URL has no path. */
export function createPrefix({ baseUrl, prefix }: PrefixOptions): Prefix | undefined {
  const path = pathOf(baseUrl);
  if (path === "") return undefined;
  const own = path.slice(1).split("/");

  function strip(target: Target): Target {
    const { segments, trailingSlash, search } = target;
    if (!own.every((segment, index) => segments[index] === segment)) {
      if (segments[0] === ANYWHERE) return target;
      throw new AppError("invalidPath", { hint: `Everything of this server is below ${path}/.` });
    }
    const rest = segments.slice(own.length);
    if (rest.length > 0) return { segments: rest, trailingSlash, search };
    return { segments: rest, trailingSlash: false, search, ...(trailingSlash ? {} : { isBarePrefix: true }) };
  }

  return {
    path,
    strip: prefix === "kept" ? strip : (target) => target,
    move({ isBarePrefix, search }) {
      if (isBarePrefix !== true) return undefined;
      return { status: 308, headers: { location: `${path}/${search === "" ? "" : `?${search}`}` }, body: undefined };
    },
    place(answer) {
      const { headers, body, isOwnPage } = answer;
      const { location } = headers;
      const moved = location?.startsWith("/") === true ? { ...headers, location: path + location } : headers;
      if (isOwnPage !== true || typeof body !== "string") return moved === headers ? answer : { ...answer, headers: moved };
      return { ...answer, headers: moved, body: body.replaceAll(LINK, `$1${path}/`) };
    },
  };
}

/** `/app` of `https://example.org/app`; empty where there is none. */
export function pathOf(baseUrl: string | undefined): string {
  return baseUrl === undefined ? "" : new URL(baseUrl).pathname.replace(/\/$/, "");
}

// Quotes within text are escaped in our pages: only an attribute looks like this.
const LINK = /(\s(?:href|src|action|formaction)=")\/(?!\/)/g;
