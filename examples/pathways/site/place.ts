// What escapes text puts no quote into it: only an attribute of these pages looks like this.
const link = /(\s(?:href|src|action)=")\/(?!\/)/g;

/** The same answer below `base`, where the site is not at the root of its host: links, forms and redirects lead there. */
export async function place(response: Response, base: string): Promise<Response> {
  if (base === "") return response;
  const headers = new Headers(response.headers);
  const location = headers.get("location");
  if (location?.startsWith("/") === true) headers.set("location", base + location);
  const isPage = headers.get("content-type")?.startsWith("text/html") === true;
  const body = isPage ? (await response.text()).replaceAll(link, `$1${base}/`) : response.body;
  return new Response(body, { status: response.status, headers });
}
