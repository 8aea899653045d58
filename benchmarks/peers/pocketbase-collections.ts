/** A field as PocketBase's API takes it; `target` is the collection of a relation. */
interface FieldInput {
  readonly name: string;
  readonly type: string;
  readonly target?: string;
  readonly [option: string]: unknown;
}

export interface CollectionInput {
  readonly name: string;
  readonly fields: readonly FieldInput[];
  readonly indexes: readonly string[];
  readonly listRule: string;
  readonly viewRule: string;
  readonly createRule: string | null;
}

const stamps: readonly FieldInput[] = [
  { name: "created", type: "autodate", onCreate: true, onUpdate: false },
  { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
];

const visible = "hidden = false || author = @request.auth.id";

/** `backends/schools` as collections, in an order in which they can be made. Null rules are for superusers alone. */
export const collections: readonly CollectionInput[] = [
  {
    name: "schools",
    fields: [
      { name: "name", type: "text", required: true, max: 300 },
      { name: "domain", type: "text", required: true, max: 253 },
      { name: "country", type: "text", required: true, max: 2 },
      ...stamps,
    ],
    indexes: ["CREATE UNIQUE INDEX schools_domain ON schools (domain)", "CREATE INDEX schools_country ON schools (country)"],
    listRule: "",
    viewRule: "",
    createRule: null,
  },
  {
    name: "reviews",
    fields: [
      { name: "school", type: "relation", target: "schools", required: true, cascadeDelete: true },
      { name: "author", type: "relation", target: "users", required: true },
      { name: "stars", type: "number", required: true, onlyInt: true, min: 1, max: 5 },
      { name: "body", type: "text", required: true, max: 4000 },
      { name: "hidden", type: "bool" },
      { name: "posted", type: "date" },
      ...stamps,
    ],
    indexes: [
      "CREATE INDEX reviews_school ON reviews (school)",
      "CREATE INDEX reviews_author ON reviews (author)",
      "CREATE INDEX reviews_posted ON reviews (posted)",
    ],
    listRule: visible,
    viewRule: visible,
    createRule: "author = @request.auth.id",
  },
];
