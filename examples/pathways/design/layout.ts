import { icon, stylesheet } from "../site/assets.ts";
import { type Html, html } from "./html.ts";
import { mark } from "./map.ts";

/** What a page function gives; the layout adds everything around it. */
export interface Page {
  /** Of the document; the site's name is added. */
  readonly title: string;
  readonly description: string;
  readonly body: Html;
  readonly status?: number;
}

/** Who looks at the page. */
export interface Viewer {
  readonly name: string;
  readonly editor: boolean;
  /** They have shown that mail to their address reaches them. */
  readonly verified: boolean;
}

export interface Frame {
  readonly path: string;
  readonly viewer: Viewer | null;
}

const sections: readonly { readonly label: string; readonly path: string }[] = [
  { label: "Three parts", path: "/parts" },
  { label: "Pathways", path: "/pathways" },
  { label: "Careers", path: "/careers" },
  { label: "Skills", path: "/skills" },
  { label: "Questions", path: "/questions" },
  { label: "Schools", path: "/schools" },
];

/** The platform's page to sign in on, which leads back to a path of this site. */
export function signInAddress(to: string): string {
  return `/auth/sign-in?to=${encodeURIComponent(to)}`;
}

export function signUpAddress(to: string): string {
  return `/auth/sign-up?to=${encodeURIComponent(to)}`;
}

/** The whole document. Works without JavaScript: the menu of small screens is a popover. */
export function layout(page: Page, frame: Frame): string {
  const { path, viewer } = frame;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title === "" ? "Pathways: become a back-end developer, and find a school" : `${page.title} · Pathways`}</title>
<meta name="description" content="${page.description}">
<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#16201c" media="(prefers-color-scheme: dark)">
<link rel="icon" href="${icon.path}" type="image/svg+xml">
<link rel="stylesheet" href="${stylesheet.path}">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="masthead">
<div class="wrap">
<a class="logo" href="/"${path === "/" && html` aria-current="page"`}>${mark} Pathways</a>
<button class="menu button quiet small" popovertarget="menu">Menu</button>
<nav id="menu" class="nav" popover aria-label="Main">
<ul>${sections.map((section) => html`<li><a href="${section.path}"${current(path, section.path)}>${section.label}</a></li>`)}</ul>
<ul class="account">${
    viewer === null
      ? html`<li><a href="${signInAddress(path)}">Sign in</a></li>`
      : html`<li><a href="/saved"${current(path, "/saved")}>Saved</a></li>
<li><a class="who" href="/account"${current(path, "/account")}>${viewer.name}</a></li>
<li><form method="post" action="/auth/sign-out"><input type="hidden" name="to" value="/"><button>Sign out</button></form></li>`
  }</ul>
</nav>
</div>
</header>
<main id="main" tabindex="-1">
<div class="wrap">
${page.body}
</div>
</main>
<footer class="foot">
<div class="wrap">
<section class="stack" aria-labelledby="about"><h2 id="about">About Pathways</h2>
<p>A guide for people who want to build the part of websites that nobody sees. Facts about the profession are from an article on back-end development last updated on 28 September 2023; <a href="/sources">every source is named</a>.</p>
<p>Schools are real. Reviews are written by signed-in visitors. A featured partner is labelled, and stands where it would stand anyway.</p></section>
<nav aria-labelledby="foot-guide"><h2 id="foot-guide">The guide</h2><ul>${sections.slice(0, 5).map((section) => html`<li><a href="${section.path}">${section.label}</a></li>`)}</ul></nav>
<nav aria-labelledby="foot-schools"><h2 id="foot-schools">Schools</h2><ul><li><a href="/schools">Find a school</a></li><li><a href="/saved">Your saved schools</a></li><li><a href="/sources">Sources and licences</a></li><li><a href="/rest/v1/schools?limit=20">The data behind it</a></li></ul></nav>
</div>
</footer>
</body>
</html>
`.toString();
}

function current(path: string, section: string): Html | false {
  if (path === section) return html` aria-current="page"`;
  return path.startsWith(`${section}/`) && html` aria-current="true"`;
}
