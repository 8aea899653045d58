import { fieldNameProblem, tableNameProblem } from "../schema/names.ts";

/** Gives out names that a schema takes, each once, as near as can be to those of a database of any hand. */
export interface Names {
  /** Would it be taken just as it is written? */
  fits(written: string): boolean;
  take(written: string): string;
}

/** Every table has these already. */
const OWN_FIELDS = ["id", "created", "updated", "version"];

export function tableNames(): Names {
  return createNames("table", tableNameProblem, []);
}

export function fieldNames(): Names {
  return createNames("field", fieldNameProblem, OWN_FIELDS);
}

function createNames(fallback: string, problem: (name: string) => string | undefined, taken: readonly string[]): Names {
  // Databases do not tell names apart that differ in case alone.
  const used = new Set(taken);
  const isFree = (name: string): boolean => problem(name) === undefined && !used.has(name.toLowerCase());
  return {
    fits: (written) => isFree(nearestName(written) ?? ""),
    take(written) {
      const name = nearestName(written) ?? fallback;
      const candidates = function* (): Generator<string> {
        yield name;
        // Reserved words and the server's own names.
        yield `${name}_`;
        yield `own_${name}`;
        for (let number = 2; ; number++) yield `${name.slice(0, 55)}${number}`;
      };
      for (const candidate of candidates()) {
        if (!isFree(candidate)) continue;
        used.add(candidate.toLowerCase());
        return candidate;
      }
      throw new Error("There is always another number.");
    },
  };
}

/** "Order Details" is orderDetails, "CustomerID" customerID, "EMPLOYEES" employees, "prénom" prenom. Undefined where nothing is left. */
function nearestName(written: string): string | undefined {
  const plain = written.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ß", "ss");
  const words = plain.split(/[^A-Za-z0-9_]+/).filter((word) => word !== "");
  const [first, ...others] = words;
  if (first === undefined) return undefined;
  const whole = [lowerStart(first), ...others.map((word) => word[0]?.toUpperCase() + word.slice(1))].join("");
  const name = whole.replace(/^[_0-9]+(?=[A-Za-z])/, "");
  if (!/[A-Za-z]/.test(name)) return undefined;
  return (/^[A-Za-z]/.test(name) ? lowerStart(name) : name).slice(0, 63);
}

/** "ID" is id, "IDNumber" idNumber, "Name" name. */
function lowerStart(word: string): string {
  if (!/[a-z]/.test(word)) return word.toLowerCase();
  return word.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+(?![a-z])|^[A-Z]/, (capitals) => capitals.toLowerCase());
}
