import { type AttackGroup, held, inFile } from "./attack.ts";

const description = inFile("attacks-document");
const appRequests = inFile("attacks-provider-requests");
const batch = inFile("attacks-batch");
const proxies = inFile("attacks-proxies");
const addresses = inFile("attacks-addresses");
const crossSite = inFile("attacks-cross-site");
const headers = inFile("attacks-headers");
const pages = inFile("attacks-sign-in-pages");
const mailPages = inFile("attacks-mail-pages");
const journeys = inFile("attacks-oauth-journeys");

export const httpAttacks: AttackGroup = {
  title: "HTTP",
  attacks: [
    held(
      39,
      "Another spelling of an address goes past its guard.",
      addresses(
        "39: a closed table, a hidden row and a function that one may not call stay so in every spelling",
        "39: an open one answers under its one spelling alone",
        "39: a method is the one that was sent: no header and no parameter changes it",
        "39: nor does a header stand in for the address or for who is asking",
      ),
    ),
    held(
      40,
      "A header that only the server's own parts set is believed from outside.",
      proxies(
        "24, 32, 40: without a proxy nobody says who they are, nor where we are",
        "24, 32, 40: behind ${proxy}, as documented, it is the proxy who says who is asking",
      ),
      headers("40: is new for each answer, and never the caller's"),
    ),
    held(
      41,
      "A request ends in one place for the proxy and in another for the server.",
      proxies("41: is refused, and ends the connection: ${name}", "41: is nobody else's request behind ${proxy}"),
    ),
    held(
      42,
      "A form of another site changes something with the visitor's cookie.",
      crossSite(
        "42, 43: neither to the data API, nor to pages, nor to sign-in, in any form",
        "42: it must be known which page sent it; a program sends its token",
      ),
      batch("42: a cross-site form is no batch"),
      pages("42: neither with a session nor for one, and is told so on a page"),
      journeys("42: no page of another site begins a sign-in, connects a site or disconnects one"),
      appRequests("42: no page of another site says yes, nor in somebody else's name"),
    ),
    held(
      43,
      "A page of another origin, or of none, sends requests with the cookie.",
      crossSite("42, 43: neither to the data API, nor to pages, nor to sign-in, in any form"),
      inFile("src/server/auth/cross-site")(
        "43: a page is ours by its whole origin: under another name of ours too, and by TLS where people come by it",
      ),
    ),
    held(
      44,
      "An answer for one is kept and given to another.",
      headers(
        "44: those of our own are kept, framed and run by nobody",
        "44: a refusal on a connection where no request could be read too",
        "44: an app's pages carry theirs, and have the last word",
        "44: what was made for somebody is kept by nobody else",
      ),
      crossSite("44: what is answered about somebody is kept by nobody"),
      batch(
        "44: is given to no other, whatever key and request they send, and to nobody in particular",
        "44: is not for a cache to keep",
      ),
      description("44: is kept by nobody but who asked, and an ETag of another kind of caller answers nothing"),
    ),
    held(
      45,
      "The same parameter twice is checked as one and used as the other.",
      addresses(
        "45: parameters that are no filters are refused when repeated, on every method",
        "45: a filter given twice holds twice, whichever comes first",
        "45: a key of a body that stands there twice counts once, and is checked as it counts",
        "45: two tokens, two content types, two lengths or two hosts are nobody's request",
        "45: of a preference given twice the first counts, and is what is said to be applied",
      ),
      inFile("attacks-provider-tokens")(
        "45: a parameter twice is refused at every endpoint, and so is an app that says twice who it is",
      ),
      pages("45: a field that is sent twice is refused"),
    ),
    held(
      46,
      "A line break in a name or a subject makes a header.",
      mailPages("46: line breaks in a subject make no header of the answer, nor of the file that is downloaded"),
    ),
    held(
      47,
      "HTML in a stored value runs in a page of ours.",
      mailPages(
        "47, 48: whatever a mail holds is text in the page, and what looks like a template stays so",
        "47: a mail runs nothing and reaches nobody, in the mailbox and opened by itself",
        "47: what stands in the link of an unsubscribe page is never shown",
      ),
      headers("47: lets the page's own script run in a browser, and no other"),
      pages("47: HTML that somebody typed, named or planted stays text"),
      appRequests("47: what an app is called, and what is in a request, is text on every page"),
    ),
    held(
      48,
      "What looks like a template runs in a mail.",
      mailPages("47, 48: whatever a mail holds is text in the page, and what looks like a template stays so"),
    ),
  ],
};
