import { type AttackGroup, held, inFile } from "./attack.ts";

const fields = inFile("attacks-hidden-fields");
const rows = inFile("attacks-hidden-rows");
const names = inFile("attacks-names");
const writes = inFile("attacks-writes");
const batch = inFile("attacks-batch");
const input = inFile("attacks-input");
const description = inFile("attacks-document");
const signIn = inFile("attacks-sign-in");
const organisations = inFile("attacks-organisations");
const tenants = inFile("tenants");

export const dataAttacks: AttackGroup = {
  title: "Rules and data",
  attacks: [
    held(
      1,
      "The value of a hidden field is guessed by filters: how many rows come tells.",
      fields(
        "1: a filter on the prefix of a hidden field is a filter on a column that is not there",
        "1: nor does it as HEAD, in a range, as one object, as CSV, with nulls stripped or by cursor",
        "1: nor does a change that is told to touch the rows where it has a value",
        "1: one that each sees of their own matches nobody else's, and counts nobody else's",
      ),
    ),
    held(
      2,
      "It is guessed by sorting: the order tells.",
      fields(
        "2: it is an order by a column that is not there, directly, by a path, in an embed and through one",
        "2: also where it stands in another table that is embedded, spread or only ordered by",
        "2: rows whose field one may not see stand together, in the order of their keys",
        "2: pages by cursor over it say no more than that, and neither do their cursors",
      ),
    ),
    held(
      3,
      "The hidden field is put inside `or`, `and` and `not`.",
      fields(
        "3: or, and, not and their nests know no such column",
        "3: nor do they inside embeds and conditions on relations",
        "3: where it shows in some rows, logic sees it as null in the others",
      ),
    ),
    held(
      4,
      "Rows are filtered through a relation to a table that is closed.",
      rows(
        "4: a table that is closed to the caller is not there as a relation",
        "4: rows that one may not see decide nothing, whichever relation leads to them",
        "4: nor an aggregate or an order through them",
      ),
    ),
    held(
      5,
      "A hidden parent is asked for through its children.",
      rows(
        "5: a child that one sees leads to no parent that one does not, and its key says no more than it is",
        "5: what a change answers has no more of it",
      ),
    ),
    held(
      6,
      "A hidden field is embedded, added up or exported.",
      fields(
        "6: to select, alias, cast, aggregate or group by one is to name a column that is not there",
        "6: nor in embeds and spreads, nor in what a change answers",
        "6: what one may write but not read is not answered by the write",
        "6: star, CSV and a row's own address leave out what is hidden, and empty what is hidden in some rows",
        "6: aggregates see null where the reader would",
        "6: an entity tag is no oracle: it does not move when hidden values do",
      ),
    ),
    held(
      7,
      "Full-text search finds words of a hidden field.",
      fields("7: ${operator} finds the owner's notes for the owner alone", "7: the tables behind the search are not there"),
    ),
    held(
      8,
      "The server's own tables are asked for like any other.",
      rows("8: by any way of asking, for anybody", "8: the hidden row number of a table is no column"),
      signIn("8: by no spelling, neither to read nor to write, nor through a relation or a batch"),
      inFile("attacks-second-factor")("8: what is kept of second factors is no table of the data API"),
    ),
    held(
      9,
      "A short cut such as `me` shows more than the table does.",
      rows(
        "9: no shortcut names a row: me, current, a name or a number is no id, and a row's address shows what its table shows",
      ),
    ),
    held(
      10,
      "A new row is given an id that means something elsewhere.",
      writes("10: an id is chosen only in its own form, never one that is taken or means something elsewhere"),
      batch("10, 11: ids that are taken or none, and columns that the server sets"),
    ),
    held(
      11,
      "A role, an owner or a time is set by whoever may not set it.",
      writes(
        "11: by insert, update, upsert, put, form or CSV",
        "11: columns= takes only what it names, and does not open what is closed",
        "11: a function acts as its caller and changes what they may change",
      ),
      batch("10, 11: ids that are taken or none, and columns that the server sets"),
    ),
    held(
      12,
      "A row is moved to where one may not put it: another tenant.",
      writes("12: no change moves a row to where its writer may not put it"),
      batch("12: no row moves to another tenant in two steps either"),
      organisations("12: no change of a membership moves its member, its owner or its role to where its writer may not put it"),
      tenants("ATTACKS 12: are not moved to another tenant, not even by who belongs to both"),
    ),
    held(
      13,
      "A name in an order, a path or a list of columns becomes SQL.",
      names(
        "13: a sort key",
        "13: a JSON path of any text, which is looked up as the key that it is",
        "13: an alias, a cast, a hint, an aggregate, a key of on_conflict or columns",
        "13: nor does a value, wherever it stands",
      ),
    ),
    held(
      14,
      "Keys of an object become names of placeholders.",
      names("14: keys of an object become columns or nothing, never placeholders or SQL"),
    ),
    held(
      15,
      "An object or a list is given where text is meant, and becomes an operator.",
      input("15: an object, an array or a number is no text, and no operator"),
    ),
    held(
      16,
      "What every object of JavaScript has (`__proto__` and the like) is named as a column, table or function.",
      names("16: ${name}"),
    ),
    held(
      17,
      "An error names tables or columns that one may not see.",
      rows(
        "17: neither by a suggestion, nor by an ambiguous name, nor by a constraint",
        "17: a write that breaks a constraint says which of the caller's fields, and no more",
        "17: an error has the five fields of the table and its own message where nothing better is safe",
      ),
      description("17: names nothing that is hidden from who asks, compressed or not, and whatever else was asked before"),
    ),
    held(
      18,
      "How a refusal looks tells whether something hidden is there.",
      rows(
        "18: a hidden row's address is a missing row's, for every method",
        "18: a filter finds neither, and a change of them changes nothing and says so alike",
        "18: nor does a reference to them tell, by its error, which of them there are",
        "18: an insert with the id of a hidden row, and an upsert of it, meet the same rule as one that is free",
        "18: a function that one may not call is one that is not there, whatever it is asked",
        "18: nor do OPTIONS, a profile, a media type or a preference tell a closed table from a missing one",
      ),
      batch("18: a hidden row and one that is not there are refused alike, with the tag of neither"),
    ),
    held(
      19,
      "An upsert becomes an update of somebody else's row.",
      writes(
        "19: by its key",
        "19: by another unique set of columns, hidden ones included",
        "19: to pass over duplicates says nothing of a row that one may not see",
      ),
      batch("19: an upsert that turns into an update of somebody else's row"),
    ),
    held(
      20,
      "One forbidden row hides among a hundred.",
      writes(
        "20: of an insert, wherever it stands and whatever is wrong with it",
        "20: of CSV",
        "20: of a change by filter, where the row after is forbidden for one alone",
      ),
      organisations("20: a batch with one forbidden part makes no organisation"),
      batch("20: one forbidden row among a hundred, and among a hundred thousand bytes of a stream"),
    ),
  ],
};
