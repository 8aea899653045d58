import assert from "node:assert/strict";
import { test } from "node:test";
import type { KindName, KindOptions, Stored } from "#contract";
import { convertValue, type Reading, targetOf } from "./convert-value.ts";

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

test("values of any database become those of a kind, or say why not", () => {
  const money = { precision: 10, scale: 2 };
  const scenarios: readonly (readonly [kind: KindName, raw: Stored, wanted: Stored | RegExp, options?: KindOptions & Reading])[] =
    [
      ["timestamp", "2024-01-02 03:04:05", "2024-01-02T03:04:05.000Z"],
      ["timestamp", "2024-01-02 03:04:05.123456", "2024-01-02T03:04:05.123Z"],
      ["timestamp", "2024-01-02 03:04:05 +0200", "2024-01-02T01:04:05.000Z"],
      ["timestamp", "2024-01-02 03:04:05 UTC", "2024-01-02T03:04:05.000Z"],
      ["timestamp", "2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05.000Z"],
      ["timestamp", "2024-01-02", "2024-01-02T00:00:00.000Z"],
      ["timestamp", "2024-02-30 00:00:00", /not a date of the calendar/],
      ["timestamp", "yesterday", /must be a moment/],
      ["timestamp", 1_700_000_000, "2023-11-14T22:13:20.000Z"],
      ["timestamp", 1_700_000_000_000, "2023-11-14T22:13:20.000Z"],
      ["timestamp", 1000, "1970-01-01T00:00:01.000Z", { numbers: "milliseconds" }],
      ["timestamp", 2_460_000.5, "2023-02-25T00:00:00.000Z", { numbers: "julian days" }],
      ["timestamp", 1e300, /no moment/],
      ["date", "2024-01-02 00:00:00.000", "2024-01-02"],
      ["date", "2024-01-02 10:00:00", /must be a date/],
      ["date", 1_700_000_000, "2023-11-14"],
      ["decimal", 9.8, 980n, money],
      ["decimal", 0.1 + 0.2, 30n, money],
      ["decimal", 9.875, /at most 2 digits/, money],
      ["decimal", "12.50", 1250n, money],
      ["bool", "t", 1],
      ["bool", "No", 0],
      ["bool", 2, /true or false/],
      ["integer", "42", 42],
      ["integer", 1.5, /whole number/],
      ["integer", 9007199254740993n, /between/],
      ["real", "1.5", 1.5],
      ["real", Number.POSITIVE_INFINITY, /must be a number/],
      ["text", 42, "42"],
      ["text", bytes(255), /holds bytes/],
      ["text", "a\u0000b", /U\+0000/],
      ["bytes", bytes(1, 2), bytes(1, 2)],
      ["bytes", "ab", bytes(97, 98)],
      ["json", '{"a": 1}', '{"a":1}'],
      ["json", "{a}", /must be JSON/],
      ["json", 5, "5"],
      ["uuid", "0123456789ABCDEF0123456789abcdef", "01234567-89ab-cdef-0123-456789abcdef"],
      ["uuid", "{01234567-89ab-cdef-0123-456789abcdef}", "01234567-89ab-cdef-0123-456789abcdef"],
      ["uuid", Uint8Array.from(Buffer.from("0123456789abcdef0123456789abcdef", "hex")), "01234567-89ab-cdef-0123-456789abcdef"],
      ["timestamp", "", /must be a moment/],
      ["timestamp", "", null, { emptyIsNull: true }],
      ["integer", null, null],
    ];
  for (const [kind, raw, wanted, options = {}] of scenarios) {
    const converted = convertValue(raw, targetOf(kind, options), options);
    if (wanted instanceof RegExp) assert.match(converted.ok ? `taken: ${String(converted.value)}` : converted.message, wanted);
    else assert.deepEqual(converted, { ok: true, value: wanted }, `${kind} ${String(raw)}`);
  }
});
