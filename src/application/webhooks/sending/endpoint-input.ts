import { didYouMean } from "#base";
import { AppError, type FieldProblem, kinds } from "#contract";
import { FetchRefusedError } from "../../outgoing/fetch-errors.ts";
import { readTarget } from "../../outgoing/target.ts";
import type { EndpointChange } from "./endpoint-table.ts";
import type { WebhookBook } from "./build-webhooks.ts";

/** What is said of an endpoint. */
export interface EndpointInput {
  /** `https`, without a user name, a password or a fragment; of a host that `CHASSIS_WEBHOOKS_ALLOW` names, `http` too. */
  readonly url: string;
  /** The types that it takes. By default all, those of later versions too. */
  readonly types?: readonly string[] | null;
  /** For people: 200 characters at most. */
  readonly description?: string | null;
  /** The mail address of who is told when it is disabled for failing. */
  readonly notify?: string | null;
}

export interface EndpointRules {
  readonly book: WebhookBook;
  /** `host:port`, as `allowedHosts` gives them. */
  readonly allow: ReadonlySet<string>;
}

const MAX_URL = 2048;
const MAX_DESCRIPTION = 200;
const known = ["url", "types", "description", "notify"];

/** Checks all that is given. @throws AppError `validationFailed`, with everything that is wrong. */
export function readEndpoint(given: Partial<EndpointInput>, rules: EndpointRules): EndpointChange {
  const problems: FieldProblem[] = [];
  let hint: string | undefined;
  const read = <T>(field: keyof EndpointInput, reader: (value: unknown) => T): { readonly [K in string]?: T } => {
    if (given[field] === undefined) return {};
    try {
      return { [field]: reader(given[field]) };
    } catch (error) {
      if (!(error instanceof FieldError) && !(error instanceof FetchRefusedError)) throw error;
      problems.push({ field, message: error.message });
      if (error instanceof PlaceError || (error instanceof FetchRefusedError && ofThePlace.has(error.code))) hint = onOthers;
      return {};
    }
  };
  for (const name of Object.keys(given))
    if (!known.includes(name)) problems.push({ field: name, message: `is nothing of an endpoint${didYouMean(name, known)}` });
  const change = {
    ...read("url", (value) => readUrl(value, rules.allow)),
    ...read("types", (value) => readTypes(value, rules.book)),
    ...read("description", (value) => readText(value, MAX_DESCRIPTION)),
    ...read("notify", readAddress),
  } as EndpointChange;
  if (problems.length > 0)
    throw new AppError("validationFailed", {
      fields: problems,
      details: problems.map(({ field, message }) => `${field}: ${message}`).join("; "),
      ...(hint === undefined ? {} : { hint }),
    });
  return change;
}

const onOthers =
  "A receiver that is not of the public internet is named by whoever runs the server: CHASSIS_WEBHOOKS_ALLOW=host:port.";

class FieldError extends Error {}

/** An address that would be right, were its host named. */
class PlaceError extends FieldError {}

const ofThePlace: ReadonlySet<string> = new Set(["port", "address"]);

function readUrl(value: unknown, allow: ReadonlySet<string>): string {
  if (typeof value !== "string" || value === "") throw new FieldError("must be an address such as https://example.com/hooks");
  if (value.length > MAX_URL) throw new FieldError(`must have at most ${MAX_URL} characters`);
  // What a URL parser drops in silence: two readers of the same text would see two addresses.
  if (/[\p{Cc}\s\\]/u.test(value)) throw new FieldError("must have no spaces, backslashes or control characters");
  if (value.includes("#")) throw new FieldError("must have no fragment (#): it is never sent");
  if (!/^https?:\/\/[^/?]/i.test(value)) throw new FieldError("must be an address such as https://example.com/hooks");
  const { url, allowed } = readTarget(value, { ports: [80, 443], allow });
  if (url.protocol !== "https:" && !allowed)
    throw new PlaceError("must be https: what it is sent would be read by whoever is on the way");
  return url.href;
}

function readTypes(value: unknown, book: WebhookBook): readonly string[] | null {
  if (value === null) return null;
  if (!Array.isArray(value) || value.length === 0)
    throw new FieldError("must be a list of types, with one at least; null takes all");
  for (const type of value as readonly unknown[])
    if (typeof type !== "string" || !book.has(type))
      throw new FieldError(`there is no webhook '${String(type)}'${didYouMean(String(type), book.keys())}`);
  return [...new Set(value as readonly string[])];
}

function readText(value: unknown, most: number): string | null {
  if (value === null || value === "") return null;
  const parsed = kinds.text.fromJson(value, {});
  if (!parsed.ok) throw new FieldError(parsed.message);
  if (String(parsed.value).length > most) throw new FieldError(`must have at most ${most} characters`);
  return String(parsed.value);
}

function readAddress(value: unknown): string | null {
  if (value === null || value === "") return null;
  const parsed = kinds.email.fromJson(value, {});
  if (!parsed.ok) throw new FieldError(parsed.message);
  return String(parsed.value);
}
