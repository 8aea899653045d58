/** What can be asked about who is asking, beside their roles. `proved`: when they last showed who they are, null for whoever has no session. */
export type FactName = { readonly type: "id" } | { readonly type: "claim"; readonly name: string } | { readonly type: "proved" };
