import { met, notYet, ofTheApp, partly, type NamedTest, type Requirement } from "./requirement.ts";

const page: NamedTest = [
  "tests/docs/cryptography",
  "docs/reference/cryptography.md has every use of cryptography in the sources, and no other",
];
const known: NamedTest = ["tests/docs/cryptography", "there is no use of cryptography in a form that the page could not know"];
const inventory = "{docs/reference/cryptography.md#uses}";
const sha1 = "messages of Amazon SES are taken with SHA-1 where their topic is set so, as it is by default.";
const noTls = "TLS of the server's own is not there yet: it stands behind a proxy that has it ({docs/learn/behind-a-proxy.md}).";
const smtp = "tests/mail/smtp-delivery";

export const cryptography: readonly Requirement[] = [
  met("11.1.1", "It is written down how keys are made, kept, replaced and ended.", "{docs/reference/cryptography.md#keys}.", [
    "tests/docs/documents",
    "every link inside the documents leads somewhere",
  ]),
  met(
    "11.1.2",
    "There is a list of all keys and algorithms.",
    `${inventory}, with a row for each use in the sources.`,
    page,
    known,
  ),
  met(
    "11.2.1",
    "Cryptography is that of proven libraries.",
    "`node:crypto` (OpenSSL), jose, @simplewebauthn/server.",
    page,
    known,
  ),
  met(
    "11.2.2",
    "Algorithms and keys can be replaced, and what was encrypted encrypted anew.",
    "Values name their algorithm or key; `chassis secret rotate` and `chassis secret encrypt`: {docs/reference/cli.md#secret-rotate}.",
    ["tests/cli/secret-rotate", "signs nobody out: tokens of two generations are good, and new ones are of the new secret"],
    [
      "tests/rest/secret-fields",
      "is readable after the secret was rotated, is encrypted anew by a command, and leaves no version and no other trace",
    ],
    ["src/application/auth/auth", "is hashed anew at the next sign-in where it was stored at another cost"],
  ),
  partly("11.2.3", "Nothing has less than 128 bits of strength.", [`${inventory}.`, sha1], page),
  met("11.3.1", "No weak modes or paddings.", `AES-GCM alone: ${inventory}.`, page, known),
  met("11.3.2", "Approved ciphers alone.", `AES-256-GCM: ${inventory}.`, page, known),
  met(
    "11.3.3",
    "What is encrypted cannot be changed unseen.",
    "Each has its tag, and what it belongs to where it belongs to something.",
    ["tests/rest/secret-fields", "that somebody changed on the disk is an error, and no other text"],
    ["src/database/backup/container/container", "a ${kind} container that is cut anywhere, or has any bit flipped, is refused"],
    [
      "src/database/backup/container/container",
      "whoever recomputes the checksums of an encrypted container still cannot reorder its parts",
    ],
  ),
  partly(
    "11.4.1",
    "Approved hashes alone.",
    [`${inventory}. SHA-1 is where others ask for it, and in entity tags, which keep no secret.`, sha1],
    page,
    known,
  ),
  met(
    "11.4.2",
    "Passwords are kept by a hash that is slow to guess.",
    "Argon2id: {docs/reference/auth.md#passwords}.",
    ["src/application/auth/passwords/passwords", "is Argon2id in the PHC format, at OWASP's cost"],
    ["src/application/auth/passwords/passwords", "is salted, and outdated at another cost"],
  ),
  partly("11.4.3", "Hashes in signatures and checks are long enough.", [`SHA-256: ${inventory}.`, sha1], page),
  met("11.4.4", "Keys from passwords are stretched.", "scrypt for backups: {src/database/backup/container/backup-key.ts}.", [
    "src/database/backup/container/container",
    "an encrypted container says that it is, and takes the right passphrase alone",
  ]),
  met(
    "11.5.1",
    "What must not be guessed is random enough, and by a generator for that.",
    "256 bits for keys and tokens: {docs/reference/cryptography.md#keys}.",
    ["tests/repository/sources", "what is random by Math.random is a time to wait, and no secret"],
    ["src/application/access/tokens", "is made once, for its owner's eyes alone, however many start at once"],
  ),
  partly(
    "11.6.1",
    "Keys and signatures are by approved algorithms.",
    [`${inventory}; the server makes no pair of keys.`, sha1],
    page,
    [
      "src/server/mail/events/providers",
      "Amazon SES: what the key of Amazon's certificate signed for the topic is taken, by both digests",
    ],
  ),
];

export const secureCommunication: readonly Requirement[] = [
  notYet("12.1.1", "TLS 1.2 and 1.3 alone.", noTls),
  notYet("12.1.2", "Strong cipher suites alone.", noTls),
  notYet("12.1.3", "Certificates of clients are checked before they count.", "There are no certificates of clients."),
  partly(
    "12.2.1",
    "People come by TLS, and by nothing else.",
    ["`chassis check --deploy` says where they would not, HSTS keeps browsers to it, and cookies are for TLS alone.", noTls],
    ["tests/cli/check-deploy", 'finds ${found.length === 0 ? "nothing in" : ""} ${what}, and says why and what to do'],
    [
      "tests/attacks/attacks-sign-in",
      "38: a setting that would let passwords be read on the way, or links go astray, is refused",
    ],
  ),
  ofTheApp("12.2.2", "Certificates are publicly trusted.", ["", "gets its certificate for the proxy in front."]),
  partly(
    "12.3.1",
    "All connections are encrypted, also those that go out.",
    [
      "Mail goes by TLS or to this machine alone, webhooks by HTTPS: {docs/reference/connections.md}.",
      "an S3 endpoint may be set to `http:`, and between a proxy and the server there is no TLS.",
    ],
    [smtp, "a server whose STARTTLS is missing, or was taken out on the way, gets neither password nor mail"],
    [smtp, "plain SMTP goes to this machine alone"],
  ),
  met(
    "12.3.2",
    "Certificates of others are checked before anything is said to them.",
    "{src/application/mail/smtp-delivery.ts}, {src/application/outgoing/exchange.ts}.",
    [smtp, "a certificate that this machine does not trust is refused, before the password or the mail is said"],
    [smtp, "a certificate of another name is refused, although its authority is trusted"],
    ["src/application/outgoing/fetch-safely", "over TLS the name is the certificate's, not the address"],
    ["src/application/outgoing/fetch-safely", "the environment sends nothing through a proxy and turns no certificate check off"],
  ),
  notYet(
    "12.3.3",
    "Parts of the system speak to each other encrypted.",
    "The server is one process; between a proxy and it there is no TLS, which is no matter on one machine.",
  ),
  partly(
    "12.3.4",
    "Among them certificates are trusted that are named.",
    ["`NODE_EXTRA_CA_CERTS` names authorities of one's own for what goes out.", "TLS of the server's own is not there yet."],
    [smtp, "NODE_EXTRA_CA_CERTS names certificates that are trusted"],
  ),
];
