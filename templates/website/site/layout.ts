import { html, type Html } from "./html.ts";

const siteName = "My site";

export interface Page {
  readonly title: string;
  readonly main: Html;
  readonly status?: number;
}

/** Who looks at the page; null where nobody has signed in. */
export type Viewer = { readonly id: string; readonly name: string } | null;

/** The page as an answer. It runs no script: the content security policy of the server is the strict one. */
export function respond({ title, main, status = 200 }: Page, viewer: Viewer): Response {
  const document = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title === siteName ? title : `${title} – ${siteName}`}</title>
    <link rel="stylesheet" href="/style.css">
    <link rel="icon" href="/icon.svg" type="image/svg+xml">
  </head>
  <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header>
      <a class="name" href="/">${siteName}</a>
      <nav aria-label="Account">${viewer === null ? signedOut : signedInAs(viewer.name)}</nav>
    </header>
    <main id="main">${main}</main>
    <footer><p>Made with Chassis. <a href="/rest/v1/posts?select=title,author(name)">The same data, as JSON</a></p></footer>
  </body>
</html>`;
  const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };
  return new Response(document.toString(), { status, headers });
}

/** After a form: the browser asks for the next page, so that reloading it sends nothing twice. */
export function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
}

const signedOut = html`<a href="/auth/sign-in?to=/">Sign in</a> <a class="button" href="/auth/sign-up?to=/">Sign up</a>`;

function signedInAs(name: string): Html {
  return html`<a href="/auth/account">${name}</a>
        <form method="post" action="/auth/sign-out"><input type="hidden" name="to" value="/"><button class="plain">Sign out</button></form>
        <a class="button" href="/write">Write</a>`;
}
