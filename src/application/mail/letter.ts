import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type Address, headerText, readAddress } from "./address.ts";
import { readLanguage } from "./languages.ts";

/** What a mail's job works with: checked, and as the mail's own input schema made it. */
export interface CheckedLetter {
  readonly to: Address;
  readonly replyTo: Address | undefined;
  readonly language: string | undefined;
  readonly data: unknown;
}

type Issues = StandardSchemaV1.Issue[];

const parts: ReadonlySet<string> = new Set(["to", "data", "language", "replyTo"]);

/** The input of a mail's job: whom it is for, and what the mail's own schema says of its data. */
export function letterSchema(data: StandardSchemaV1 | undefined): StandardSchemaV1<unknown, CheckedLetter> {
  return { "~standard": { version: 1, vendor: "chassis", validate: (value) => readLetter(value, data) } };
}

async function readLetter(value: unknown, schema: StandardSchemaV1 | undefined): Promise<StandardSchemaV1.Result<CheckedLetter>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { issues: [{ message: 'must be a letter such as { to: "ada@example.org", data: {} }' }] };
  const given = value as Readonly<Record<string, unknown>>;
  const issues: Issues = [];
  for (const key of Object.keys(given))
    if (!parts.has(key)) issues.push({ path: [key], message: `is no part of a letter: it has ${[...parts].join(", ")}` });
  const to = readRecipient(given["to"], "to", issues);
  const replyTo = given["replyTo"] === undefined ? undefined : readRecipient(given["replyTo"], "replyTo", issues);
  const language = given["language"] === undefined ? undefined : readLanguage(given["language"]);
  if (given["language"] !== undefined && language === undefined)
    issues.push({ path: ["language"], message: "must be one language tag, such as nl or pt-BR" });
  const data = await readData(given["data"], schema, issues);
  return issues.length > 0 || to === undefined ? { issues } : { value: { to, replyTo, language, data } };
}

function readRecipient(given: unknown, key: string, issues: Issues): Address | undefined {
  if (Array.isArray(given)) {
    issues.push({ path: [key], message: "must be one address: enqueue a mail for each" });
    return undefined;
  }
  const isObject = typeof given === "object" && given !== null;
  const { address, name } = (isObject ? given : { address: given }) as { readonly address?: unknown; readonly name?: unknown };
  const read = readAddress(address);
  if ("problem" in read) issues.push({ path: isObject ? [key, "address"] : [key], message: read.problem });
  if (name !== undefined && typeof name !== "string") issues.push({ path: [key, "name"], message: "must be text" });
  return "problem" in read ? undefined : { address: read.address, name: typeof name === "string" ? headerText(name) : "" };
}

async function readData(given: unknown, schema: StandardSchemaV1 | undefined, issues: Issues): Promise<unknown> {
  if (schema === undefined) {
    if (given !== undefined) issues.push({ path: ["data"], message: "this mail takes none" });
    return undefined;
  }
  const result = await schema["~standard"].validate(given);
  if (result.issues === undefined) return result.value;
  for (const { message, path = [] } of result.issues) issues.push({ path: ["data", ...path], message });
  return undefined;
}
