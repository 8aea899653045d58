/**
 * The headers that lead from a page by cursor to the next: `Next-Cursor` for code, `Link` (RFC 8288) for everything else. The
 * link is relative to the request's own path, so that it holds wherever the server is mounted. None on the last page.
 */
export function nextPage(search: string, cursor: string | null): Readonly<Record<string, string>> {
  if (cursor === null) return {};
  const others = search.split("&").filter((part) => part !== "" && !part.startsWith("after="));
  const address = [...others, `after=${encodeURIComponent(cursor)}`].join("&");
  return { link: `<?${address.replace(/[<>"]/g, encodeURIComponent)}>; rel="next"`, "next-cursor": cursor };
}
