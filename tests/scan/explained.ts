import type { Finding } from "./scanner.ts";

/** What a scanner calls a finding and is none, with why. */
export interface Explanation {
  readonly scanner: string;
  readonly what: RegExp;
  readonly where?: RegExp;
  readonly why: string;
}

const explanations: readonly Explanation[] = [
  {
    scanner: "wapiti",
    what: /^Cross Site Request Forgery: Lack of anti CSRF token$/,
    why:
      "Forms have no token, since browsers say themselves where a form was sent from: a POST with somebody's session is refused with 403 unless Sec-Fetch-Site is same-origin or, from a browser that does not send it, Origin is this site. " +
      "The scanner sends that header with every request, and looks for a field alone. tests/attacks/attacks-cross-site.test.ts holds the refusal.",
  },
  {
    scanner: "wapiti",
    what: /^Cross Site Request Forgery: CSRF token 'token' is not properly checked in backend$/,
    where: /^POST \/auth\/confirm$/,
    why:
      "The field of that name is the one-time token of the link that was mailed, and it is checked: the scanner's has never been good, so that it is answered the same with it and with another. " +
      "A form from another site is refused as all are.",
  },
  {
    scanner: "wapiti",
    what: /^HTTP Secure Headers: X-XSS-Protection is not set$/,
    why: "Browsers have taken out the filter that this header steered, and where an old one still has it, it could itself be used against a page. The content security policy, which lets no script run, is in its place.",
  },
  {
    scanner: "ffuf",
    what: /^200, \d+ bytes$/,
    where: /^GET \/ Host: (?:127\.0\.0\.2|\[::ffff:127\.0\.0\.1\])$/,
    why:
      "Connections of the machine itself are answered under each of its own names and addresses: whoever makes them is here already, and no stranger can make their name a loopback address that a browser then sends as Host. " +
      "Connections from elsewhere are not (src/server/clients/host-check.test.ts).",
  },
];

export function explanationOf(scanner: string, { what, where }: Finding): Explanation | undefined {
  return explanations.find(
    (known) => known.scanner === scanner && known.what.test(what) && (known.where === undefined || known.where.test(where)),
  );
}
