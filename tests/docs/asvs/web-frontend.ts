import { met, type Requirement } from "./requirement.ts";

const headers = "tests/attacks/attacks-headers";
const crossSite = "tests/attacks/attacks-cross-site";
const cookie: readonly [string, string] = [
  "src/application/auth/auth-property",
  "that is set is of this host alone, and closed to scripts and other sites' forms",
];
const ownHeaders: readonly [string, string] = [headers, "44: those of our own are kept, framed and run by nobody"];
const pageHeaders: readonly [string, string] = [headers, "44: an app's pages carry theirs, and have the last word"];

export const webFrontend: readonly Requirement[] = [
  met(
    "3.2.1",
    "What is asked for by itself is not run by the browser as something else.",
    "`nosniff`, and for data a policy that runs nothing: {src/server/http/security-headers.ts}.",
    ownHeaders,
    ["tests/attacks/attacks-mail-pages", "47: a mail runs nothing and reaches nobody, in the mailbox and opened by itself"],
  ),
  met(
    "3.2.2",
    "What is text is shown as text.",
    "{src/server/pages/html.ts}; pages are made on the server, and no script of ours writes HTML of data.",
    ["src/server/pages/html", "slots are escaped, in elements and in attributes; HTML that was made the same way is not"],
    [
      "tests/attacks/attacks-mail-pages",
      "47, 48: whatever a mail holds is text in the page, and what looks like a template stays so",
    ],
  ),
  met(
    "3.3.1",
    "Cookies are for TLS alone, and their names say so.",
    "`__Host-` and `Secure`: {src/application/auth/session-cookie.ts}. Without TLS on this machine alone.",
    cookie,
    [
      "tests/attacks/attacks-sign-in",
      "38: a setting that would let passwords be read on the way, or links go astray, is refused",
    ],
  ),
  met(
    "3.3.2",
    "Cookies say to which requests of other sites they go along.",
    "`SameSite=Lax`, and for changes who sent them is asked as well: {src/server/auth/cross-site.ts}.",
    cookie,
    [crossSite, "42, 43: neither to the data API, nor to pages, nor to sign-in, in any form"],
  ),
  met("3.3.3", "Cookies are of one host.", "`__Host-`: {src/application/auth/session-cookie.ts}.", cookie),
  met(
    "3.3.4",
    "No script sees the cookie of a session, nor its token elsewhere.",
    "`HttpOnly`; the token is in a body only where a program asks for that: {docs/reference/auth.md#who-is-asking}.",
    cookie,
    ["tests/auth/auth", "that keeps no cookies gets the token, and goes on by it"],
  ),
  met(
    "3.4.1",
    "Browsers are told to come by HTTPS alone, for a year and for all names below.",
    "With a base URL of `https:`: {src/server/http/security-headers.ts}.",
    ownHeaders,
    [headers, "44: a refusal on a connection where no request could be read too"],
  ),
  met(
    "3.4.2",
    "Pages of other sites read answers only where they are named.",
    "`CHASSIS_CORS_ORIGINS`, by default none: {src/server/http/cors.ts}.",
    ["src/server/http/fetch-handler", "an allowed origin may read, and its preflight is answered"],
    ["src/server/http/fetch-handler", "everyone never comes with credentials"],
  ),
  met(
    "3.4.3",
    "Every answer has a content security policy; pages have one with nonces.",
    "{docs/reference/headers.md#the-policy-of-an-apps-pages}, {src/server/pages/page.ts}.",
    ownHeaders,
    pageHeaders,
    [headers, "40: is new for each answer, and never the caller's"],
    [headers, "47: lets the page's own script run in a browser, and no other"],
  ),
  met("3.4.4", "Browsers do not guess types.", "`nosniff` on every answer.", ownHeaders, pageHeaders),
  met(
    "3.4.5",
    "Other sites are not told which page somebody comes from.",
    "`no-referrer`; of an app's pages the origin alone.",
    ownHeaders,
    pageHeaders,
  ),
  met("3.4.6", "Nobody else frames a page.", "`frame-ancestors` in every policy.", ownHeaders, pageHeaders, [
    "src/server/pages/page",
    "a page runs and loads nothing but what is in it, and is kept, framed and listed by nobody",
  ]),
  met(
    "3.5.1",
    "A page of another site cannot act with somebody's cookie.",
    "`Sec-Fetch-Site` and `Origin` are asked of every change by a cookie: {src/server/auth/cross-site.ts}.",
    [crossSite, "42, 43: neither to the data API, nor to pages, nor to sign-in, in any form"],
    [crossSite, "42: it must be known which page sent it; a program sends its token"],
  ),
  met(
    "3.5.2",
    "It does not count on a preflight, which simple requests go without.",
    "The same, whatever the content type.",
    [crossSite, "42, 43: neither to the data API, nor to pages, nor to sign-in, in any form"],
    ["tests/attacks/attacks-batch", "42: a cross-site form is no batch"],
  ),
  met(
    "3.5.3",
    "What changes something is not a GET.",
    "GET reads: of functions only queries are called by it, and links in mails only ask.",
    ["tests/http/platform", "act as their caller unless they say otherwise, and a query never writes"],
    [
      "tests/mail/mail-endpoints",
      "a link only asks; a click, or a mail program by itself, takes an address off this list and no other",
    ],
    ["tests/attacks/attacks-addresses", "39: a method is the one that was sent: no header and no parameter changes it"],
  ),
  met("3.5.5", "Messages of other windows are not believed.", "No page of ours takes any.", [
    "tests/repository/sources",
    "no page keeps anything in the browser but cookies, nor takes messages of other windows",
  ]),
  met(
    "3.7.1",
    "Nothing in a browser needs what is gone from browsers.",
    "Pages are HTML, and work without a script; plug-ins are shut out by `object-src`.",
    pageHeaders,
    ["src/server/pages/page", "a page runs and loads nothing but what is in it, and is kept, framed and listed by nobody"],
  ),
  met(
    "3.7.2",
    "Nobody is sent on to another site by itself.",
    "Pages lead back to paths of this site alone: {src/server/auth/page/return-address.ts}; links of mails to the base URL.",
    [
      "tests/attacks/attacks-sign-in-pages",
      "36: no way in leads to another site, whatever the address, the form or the cookie asks for",
    ],
    ["tests/attacks/attacks-sign-in", "24: whatever Host, X-Forwarded-Host and Forwarded say"],
  ),
];
