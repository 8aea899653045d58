import { AppError } from "#contract";
import { didYouMean } from "#base";
import type { Exchange } from "../http/exchange.ts";

/** Bytes of a body under /auth/v1. */
const MOST = 65_536;

/**
 * The fields of a JSON object, as they came: each of `names` or undefined. Anything else in it is refused, so that a misspelt field is not a
 * field left out. Only as `application/json`, which no form of another site can send.
 */
export async function readFields<N extends string>(
  exchange: Exchange,
  names: readonly N[],
): Promise<Readonly<Partial<Record<N, unknown>>>> {
  const [mediaType = ""] = (exchange.header("content-type") ?? "").split(";");
  if (mediaType.trim().toLowerCase() !== "application/json")
    throw new AppError("unsupportedMediaType", { hint: "Send application/json." });
  const body = await exchange.body();
  if (body.byteLength > MOST) throw new AppError("bodyTooLarge", { details: `The limit is ${MOST} bytes here.` });
  const given = parse(body);
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new AppError("invalidBody", { details: "The body must be a JSON object." });
  for (const name of Object.keys(given)) {
    if (!(names as readonly string[]).includes(name))
      throw new AppError("invalidBody", { details: `There is no field '${name.slice(0, 64)}' here${didYouMean(name, names)}` });
  }
  return given as Readonly<Partial<Record<N, unknown>>>;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new AppError("invalidBody", { details: "The body is not JSON.", cause });
  }
}
