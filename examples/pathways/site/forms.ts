import { AppError } from "chassis";

/** A review of 4,000 characters, each three bytes and each byte written as %XX, and the rest of its form. */
const formLimit = 64 * 1024;

/**
 * The fields of a form that was sent, each once. Line ends are \n, as people mean them, not \r\n, as forms send them. Forms that another site made
 * the browser send do not come this far: the platform refuses whatever changes something on the strength of a cookie, unless a page of ours sent it.
 */
export async function readForm(request: Request): Promise<Readonly<Record<string, string>>> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") throw new AppError("unsupportedMediaType");
  const text = await request.text();
  if (text.length > formLimit) throw new AppError("bodyTooLarge");
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) fields[name] ??= value.replaceAll("\r\n", "\n");
  return fields;
}

/** An address within this site to go on to, or the given one where what was asked for leads elsewhere. */
export function ownAddress(asked: string | null | undefined, otherwise: string): string {
  return asked !== null && asked !== undefined && /^\/(?![/\\])[^\s\\]*$/.test(asked) ? asked : otherwise;
}

/** What the data refused about a form, by field. Whatever is not about the form is thrown on. */
export function problemsIn(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof AppError) || error.fields === undefined) throw error;
  return Object.fromEntries(error.fields.map((problem) => [problem.field, sentence(problem.message)]));
}

function sentence(message: string): string {
  return `This ${message.replace(/\.?$/, ".")}`;
}
