import { type AttackGroup, held, inFile, open } from "./attack.ts";

const input = inFile("attacks-input");
const webhooks = inFile("attacks-webhooks");
const waiting = inFile("attacks-waiting");
const spools = inFile("attacks-spools");
const noFiles = "files are not there.";
const noLive = "live queries are not there.";

export const otherAttacks: readonly AttackGroup[] = [
  {
    title: "Files and requests that go out",
    attacks: [
      open(49, "An uploaded file runs as a page of the site.", noFiles),
      open(50, "A path leads out of the folder of files.", noFiles),
      open(51, "A private file is had by guessing where it is.", noFiles),
      held(
        52,
        "The server is made to ask the inside of its network.",
        webhooks(
          "52: an address of the inside is no endpoint, in whatever spelling",
          "52: an address that came there by another way is not sent to",
          "52: a name that leads inside the second time is not followed there, and nobody is told where it leads",
          "52: a redirect to the inside is not followed",
        ),
      ),
      open(53, "A malformed multipart body ends the process.", "no body of parts is taken: files are not there."),
    ],
  },
  {
    title: "Live, and denial of service",
    attacks: [
      open(54, "A subscription filters by what is hidden, or follows a closed table.", noLive),
      open(55, "A stream goes on for whom it is closed now.", noLive),
      open(56, "A row that leaves somebody's sight is sent to them as it goes.", noLive),
      open(57, "A line break in a value makes an event.", noLive),
      held(
        58,
        "What nests or goes on without end, or is slow by its form, holds the server up.",
        input(
          "58: filters, embeds, order, lists, JSON steps and logic that nest or go on",
          "58: JSON ten thousand deep, in a body, in a filter and as a function's argument",
          "58: bodies over their bounds",
          "58: patterns that backtrack elsewhere take linear time here",
        ),
        waiting(
          "58: by scans in a batch behind a change, which nobody but the writer can see; with a key neither",
          "58: by a scan under an Idempotency-Key, which goes to a thread as without one",
          "58: by a change of all the rows that there are",
          "58: by a body of very many values, signed in or not",
        ),
        inFile("src/contract/kinds")("58: no value of any kind takes longer to be refused than it is long"),
        spools("58: one who sends slowly on many connections keeps nobody else from sending, and leaves nothing behind"),
      ),
    ],
  },
];
