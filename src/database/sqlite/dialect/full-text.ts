import {
  matchesNothing,
  parseSearch,
  refuseNegativeSearch,
  type SearchNode,
  type SearchSyntax,
} from "../../expression/search.ts";

/** The FTS5 table that indexes a table's searchable columns; its rowid is the table's `rowKey`. */
export function searchTable(table: string): string {
  return `${table}_search`;
}

/** The tokenizer that the index must be made with, so that SQLite finds what the evaluator finds. */
export const searchTokenizer = "unicode61 remove_diacritics 2";

/**
 * A search in FTS5's language, every word quoted. Throws `invalidQuery` where it cannot be read, or only says what is not
 * wanted.
 */
export function fullTextQuery(text: string, syntax: SearchSyntax): string {
  const tree = parseSearch(text, syntax);
  // An empty phrase matches nothing.
  if (tree === undefined) return '""';
  if (!matchesNothing(tree)) refuseNegativeSearch();
  return write(tree).query;
}

/** FTS5 has no `not` but `a NOT b`: a part is written as itself or, where it is negated, as its opposite. */
interface Written {
  readonly negated: boolean;
  readonly query: string;
}

function write(node: SearchNode): Written {
  switch (node.type) {
    case "phrase":
      return { negated: false, query: `"${node.words.join(" ")}"${node.prefix ? " *" : ""}` };
    case "not": {
      const { negated, query } = write(node.part);
      return { negated: !negated, query };
    }
    case "and":
      return conjunction(node.parts.map(write));
    case "or": {
      // De Morgan: a or b is not (not a and not b).
      const { negated, query } = conjunction(node.parts.map(write).map((part) => ({ ...part, negated: !part.negated })));
      return { negated: !negated, query };
    }
  }
}

function conjunction(parts: readonly Written[]): Written {
  const [wanted, unwanted] = [parts.filter((part) => !part.negated), parts.filter((part) => part.negated)];
  if (wanted.length === 0) return { negated: true, query: joined(unwanted, " OR ") };
  if (unwanted.length === 0) return { negated: false, query: joined(wanted, " AND ") };
  return { negated: false, query: `(${joined(wanted, " AND ")}) NOT (${joined(unwanted, " OR ")})` };
}

function joined(parts: readonly Written[], operator: string): string {
  return parts.length === 1 ? (parts[0]?.query ?? "") : parts.map((part) => `(${part.query})`).join(operator);
}
