/** As JSON has it, but never another value than was given: a number without a value would become null. */
export function toJson(body: unknown): string {
  return JSON.stringify(body, (key, value: unknown) => {
    if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`'${key}' is ${value}, which JSON cannot say.`);
    return value;
  });
}
