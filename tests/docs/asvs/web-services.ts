import { met, notYet, partly, type Requirement } from "./requirement.ts";

const listener = "src/server/http/listener";
const upgrade: readonly [string, string] = [listener, "an upgrade is answered as the request that it is"];
const noSockets = "There are no WebSockets: an upgrade is a plain request.";

export const webServices: readonly Requirement[] = [
  met("4.1.1", "Each answer says its type and its charset.", "Every answer of ours; an app's own routes say theirs.", [
    "tests/attacks/attacks-headers",
    "44: those of our own are kept, framed and run by nobody",
  ]),
  met(
    "4.1.2",
    "Only pages for people are sent from HTTP on to HTTPS.",
    "Chassis redirects nothing; the proxy in front of it does, as {docs/learn/behind-a-proxy.md#nginx} sets it up.",
    ["tests/attacks/attacks-proxies", "on port 80 nginx sends pages on to HTTPS, and refuses what a program sends in the clear"],
  ),
  met(
    "4.1.3",
    "What a proxy says of a request cannot be said by the caller.",
    "Proxies are named: {docs/learn/behind-a-proxy.md#who-is-asking}, {src/server/clients/read-client.ts}.",
    ["src/server/clients/read-client", "is what a trusted proxy wrote, and not what the caller wrote before it"],
    ["tests/attacks/attacks-proxies", "24, 32, 40: without a proxy nobody says who they are, nor where we are"],
    ["tests/attacks/attacks-proxies", "24, 32, 40: behind ${proxy}, as documented, it is the proxy who says who is asking"],
  ),
  met(
    "4.2.1",
    "Where a request ends cannot be read in two ways.",
    "Node's strict parser, and what it leaves open is refused: {src/server/http/listener.ts}.",
    ["tests/attacks/attacks-proxies", "41: is refused, and ends the connection: ${name}"],
    ["tests/attacks/attacks-proxies", "41: is nobody else's request behind ${proxy}"],
    [listener, "what follows a body that is answered unread is never taken for a request"],
  ),
  met(
    "4.3.1",
    "A query has bounds: depth, number and cost.",
    "{docs/reference/limits.md#what-one-query-may-ask}, and a time.",
    ["tests/docs/limits", "the data API refuses in the page's words"],
    ["tests/attacks/attacks-input", "58: filters, embeds, order, lists, JSON steps and logic that nest or go on"],
    ["src/application/records/time-limit", "a query that takes too long is stopped, and the next one is served"],
  ),
  met("4.4.1", "WebSockets go over TLS.", noSockets, upgrade),
  met("4.4.2", "WebSockets ask which site they come from.", noSockets, upgrade),
  met("4.4.3", "Tokens of WebSockets are as good as sessions.", noSockets, upgrade),
  met("4.4.4", "They are had through a session alone.", noSockets, upgrade),
];

export const files: readonly Requirement[] = [
  notYet("5.1.1", "It is written down which files may be uploaded, and how they are made safe.", "Files are not there yet."),
  partly(
    "5.2.1",
    "Files are not larger than the server can bear.",
    [
      "Bodies are bounded ({docs/reference/limits.md#connections-and-requests}), those that are read as streams too.",
      "files are not there yet.",
    ],
    ["src/server/http/listener-limits", "bodyBytes in chunks: reading stops"],
    [
      "tests/attacks/attacks-spools",
      "58: one who sends slowly on many connections keeps nobody else from sending, and leaves nothing behind",
    ],
  ),
  notYet("5.2.2", "A file is what its name says.", "Files are not there yet."),
  partly(
    "5.2.3",
    "What is packed has bounds once unpacked.",
    ["Packed bodies are refused, and answers that `fetchSafely` unpacks are bounded.", "files are not there yet."],
    [listener, "a compressed body is refused"],
    [
      "src/application/outgoing/fetch-safely",
      "an answer over the limit is refused by its length, by its bytes, and by its bytes once unpacked",
    ],
  ),
  notYet("5.3.1", "What was uploaded is never run by the server.", "Files are not there yet."),
  partly(
    "5.3.2",
    "No path of a file is made of what people send.",
    ["The server opens no file by a name from a request.", "files are not there yet."],
    ["tests/http/nothing-else", "a server serves no file and lists no folder, whatever lies beside the back end"],
  ),
  partly(
    "5.4.1",
    "The name under which a file is saved is the server's word.",
    ["The mailbox, the one place that gives files, names them itself.", "files are not there yet."],
    [
      "tests/attacks/attacks-mail-pages",
      "46: line breaks in a subject make no header of the answer, nor of the file that is downloaded",
    ],
  ),
  partly(
    "5.4.2",
    "Names of files are encoded in headers and mails.",
    ["The same.", "files, and what is attached to mails, are not there yet."],
    [
      "tests/attacks/attacks-mail-pages",
      "46: line breaks in a subject make no header of the answer, nor of the file that is downloaded",
    ],
  ),
];
