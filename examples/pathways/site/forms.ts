import { AppError } from "chassis";

/** A review of 4,000 characters, each three bytes and each byte written as %XX, and the rest of its form. */
const formLimit = 64 * 1024;

/** The fields of a form that was sent, each once. Line ends are \n, as people mean them, not \r\n, as forms send them. */
export async function readForm(request: Request): Promise<Readonly<Record<string, string>>> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") throw new AppError("unsupportedMediaType");
  const text = await request.text();
  if (text.length > formLimit) throw new AppError("bodyTooLarge");
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) fields[name] ??= value.replaceAll("\r\n", "\n");
  return fields;
}

/**
 * Refuses a form that another site made the browser send (CSRF). Browsers say where a request comes from in
 * `Sec-Fetch-Site`, older ones in `Origin`; one that says neither is no browser that a form of ours was shown in.
 */
export function refuseForeignForm(request: Request): void {
  const site = request.headers.get("sec-fetch-site");
  const allowed = site === null ? ownOrigin(request) : site === "same-origin";
  if (!allowed) throw new AppError("forbidden");
}

function ownOrigin(request: Request): boolean {
  const origin = request.headers.get("origin");
  const host = request.headers.get("host") ?? new URL(request.url).host;
  return origin !== null && URL.canParse(origin) && new URL(origin).host === host;
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
