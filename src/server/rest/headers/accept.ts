import { AppError } from "#contract";

/** A form in which rows can be answered. */
export interface MediaType {
  readonly contentType: string;
  readonly format: "json" | "csv";
  /** One object instead of an array: other than exactly one row is `singleRowExpected`. */
  readonly single: boolean;
  readonly stripNulls: boolean;
}

const json: MediaType = { contentType: "application/json; charset=utf-8", format: "json", single: false, stripNulls: false };
const csv: MediaType = { contentType: "text/csv; charset=utf-8", format: "csv", single: false, stripNulls: false };
const vendor = (kind: "object" | "array", stripNulls: boolean): MediaType => ({
  contentType: `application/vnd.pgrst.${kind}+json${stripNulls ? ";nulls=stripped" : ""}; charset=utf-8`,
  format: "json",
  single: kind === "object",
  stripNulls,
});

/** Every media range that can be met, without its parameters: how without and how with `nulls=stripped`. */
const mediaTypes: ReadonlyMap<string, readonly [plain: MediaType, stripped: MediaType]> = new Map([
  ["*/*", [json, json]],
  ["application/*", [json, json]],
  ["application/json", [json, json]],
  ["text/*", [csv, csv]],
  ["text/csv", [csv, csv]],
  ["application/vnd.pgrst.object+json", [vendor("object", false), vendor("object", true)]],
  ["application/vnd.pgrst.object", [vendor("object", false), vendor("object", true)]],
  ["application/vnd.pgrst.array+json", [json, vendor("array", true)]],
  ["application/vnd.pgrst.array", [json, vendor("array", true)]],
] as const);

/** The most wanted of the accepted media types (RFC 9110 section 12.5.1) that can be produced; throws `notAcceptable`. */
export function chooseMediaType(accept: string | undefined): MediaType {
  if (accept === undefined || accept === "" || accept === "*/*" || accept === "application/json") return json;
  let best: MediaType | undefined;
  let bestQuality = 0;
  for (const range of accept.split(",")) {
    const [name = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const entry = mediaTypes.get(name);
    const quality = qualityOf(parameters);
    if (entry === undefined || quality <= bestQuality) continue;
    best = parameters.includes("nulls=stripped") ? entry[1] : entry[0];
    bestQuality = quality;
  }
  if (best !== undefined) return best;
  throw new AppError("notAcceptable", {
    message: `None of these media types are available: ${accept.slice(0, 200).toWellFormed()}`,
    hint:
      "Rows come as application/json, application/vnd.pgrst.object+json, " +
      "application/vnd.pgrst.array+json;nulls=stripped or text/csv.",
  });
}

function qualityOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith("q="));
  if (given === undefined) return 1;
  const quality = Number(given.slice(2));
  return quality >= 0 && quality <= 1 ? quality : 0;
}
