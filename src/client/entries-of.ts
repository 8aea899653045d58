/** What is there of an object, which may itself not be. */
export function entriesOf<T>(
  object: Readonly<Record<string, T | undefined>> = {},
): readonly (readonly [name: string, value: T])[] {
  return Object.entries(object).filter((entry): entry is [string, T & {}] => entry[1] !== undefined);
}
