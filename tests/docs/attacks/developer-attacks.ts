import { type AttackGroup, held, inFile } from "./attack.ts";

const dev = inFile("src/cli/dev/dev-trouble");
const client = inFile("attacks-client");
const files = inFile("src/cli/command-line/hostile-files");
const hosting = inFile("attacks-hosting");
const unasked = inFile("attacks-unasked-writes");
const collected = inFile("src/server/http/collected-bytes");
const imports = inFile("src/cli/data/hostile-imports");
const completion = inFile("src/cli/completion/hostile-program");
const packed = inFile("src/server/openapi/encoding");

export const developerAttacks: AttackGroup = {
  title: "What a developer touches",
  attacks: [
    held(
      59,
      "A page of a stranger, or somebody in the network, reads source by what `chassis dev` says of a mistake.",
      dev("59: what is wrong with the source is told to whoever sits at the machine, and to no page of a stranger"),
    ),
    held(
      60,
      "What answers in place of the back end sends the client elsewhere, with what it sends.",
      client("60: follows nobody elsewhere, with what it sends or without"),
    ),
    held(
      61,
      "The client's errors tell a token or a password.",
      client("61: tells neither a token nor a password in what it throws"),
    ),
    held(
      62,
      "A name or an id makes the client ask for something else.",
      client("62: asks for nothing else by a name or an id that leads elsewhere"),
    ),
    held(
      63,
      "An answer reaches into the program of whoever asked, by the names of its keys.",
      client("63: takes an answer for data, whatever its keys are called"),
    ),
    held(
      64,
      "Many who ask for the largest file at once fill the memory.",
      packed("64: however many ask for the largest file at once, it is unpacked and held once"),
    ),
    held(
      65,
      "A folder from elsewhere has other files of the machine imported.",
      files(
        "65: a folder that is imported has no file of this machine read by a link, and none that export.json names elsewhere",
      ),
    ),
    held(
      66,
      "A new project is written through links that lie where it is made.",
      files("66: a project that is made in a folder of somebody else writes through none of its links"),
    ),
    held(
      67,
      "A name in a database from elsewhere becomes a command of the shell, by completion.",
      files("67: a database completes no word that a shell would run"),
    ),
    held(
      68,
      "Another spelling of the path that a back end is mounted at shows what the program around it is made of.",
      hosting("68: another spelling of the path that it is mounted at is nobody's, and tells nothing of the program"),
    ),
    held(
      69,
      "A body that never ends, or that something has read already, takes a place for ever; a packed one fills the memory.",
      hosting(
        "69: a body that never ends keeps no place, by fetch and by a connection",
        "69: nor does one that has none, where something before has read it to its end",
        "69: a packed body is refused, however it is packed and however often, and not unpacked",
      ),
    ),
    held(
      70,
      "A page of another site writes where nobody signs in: on the machine of a developer, within a network, in the name of its visitors' addresses.",
      unasked(
        "70: writes nothing by a form, or whatever else a browser sends without asking",
        "70: a page of ours, one that CORS allows, and a program write as ever",
      ),
    ),
    held(
      71,
      "A body whose bytes are sent one by one takes hundreds of times its size.",
      hosting("71: bytes that are sent one by one do not come as so many pieces"),
      collected(
        "71: bytes that came one by one are kept as few pieces, and keep nothing of what they were cut from",
        "71: a stream of single bytes that goes on to somebody is over its limit before they hold too many",
      ),
    ),
    held(
      72,
      "A small file that is imported unpacks to more than the memory, or takes hours by its form.",
      imports(
        "72: of which ${what} does not end is read no further than a row may be long",
        "72: unpacks as far as it is read, and no further",
        "72: takes as long as it is long, however many lines a text or a comment of it has",
      ),
    ),
    held(
      73,
      "A program that somebody left in a folder above runs when a key is pressed.",
      completion("73: a program that somebody else left in a folder above is not run when a key is pressed"),
    ),
  ],
};
