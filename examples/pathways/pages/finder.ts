import { countryName } from "../content/countries.ts";
import { plural, thousands } from "../design/components.ts";
import { html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";
import { schoolList } from "./school-list.ts";
import type { SchoolView } from "./views.ts";

/** What the finder is asked for, as its address says it. */
export interface FinderQuery {
  readonly words: string;
  readonly country: string;
  readonly sort: "name" | "rating";
}

export interface FinderView {
  readonly query: FinderQuery;
  readonly schools: readonly SchoolView[];
  readonly total: number;
  /** Codes and numbers of schools, every country that has one. */
  readonly countries: readonly { readonly code: string; readonly schools: number }[];
  /** Cursors, null where there is no such page. */
  readonly previous: string | null;
  readonly next: string | null;
}

export function finderPage(view: FinderView): Page {
  const { query, schools, total } = view;
  const asked = query.words !== "" || query.country !== "";
  return {
    title: query.words === "" ? "Find a school" : `Schools: ${query.words}`,
    description: "Search real schools and universities by the words of their name and by country.",
    body: html`
<div class="page"><h1>Find a school</h1>
<form class="search full gap" action="/schools" role="search" aria-label="Schools">
<div><label for="q">Words of its name</label><input id="q" name="q" type="search" value="${query.words}" maxlength="100" autocomplete="off"></div>
<div><label for="country">Country</label><select id="country" name="country"><option value="">Anywhere</option>${named(view.countries).map(({ code, name, schools: count }) => html`<option value="${code}"${code === query.country && html` selected`}>${name} (${count})</option>`)}</select></div>
<div><label for="sort">Sorted by</label><select id="sort" name="sort"><option value="name">Name</option><option value="rating"${query.sort === "rating" && html` selected`}>Rating</option></select></div>
<button class="button">Search</button>
</form></div>
<section class="gap" aria-labelledby="results"><h2 id="results" class="results">${thousands(total)} ${plural(total, "school", "schools")}${query.words !== "" && html` for “${query.words}”`}${query.country !== "" && html` in ${countryName(query.country) ?? query.country}`}</h2>
${schools.length > 0 ? schoolList(schools, query.words) : asked ? nothingFound(query) : html`<p class="empty">There are no schools yet.</p>`}
${(view.previous !== null || view.next !== null) && html`<nav class="pager" aria-label="Pages of results">${view.previous !== null ? html`<a class="button quiet" rel="prev" href="${finderAddress(query, { before: view.previous })}">Previous page</a>` : html`<span></span>`}${view.next !== null && html`<a class="button quiet" rel="next" href="${finderAddress(query, { after: view.next })}">Next page</a>`}</nav>`}
</section>`,
  };
}

/** The finder's address for a query and a page of it; what is as usual is left out. */
function finderAddress(query: FinderQuery, cursor: { readonly after?: string; readonly before?: string } = {}): string {
  const search = new URLSearchParams();
  if (query.words !== "") search.set("q", query.words);
  if (query.country !== "") search.set("country", query.country);
  if (query.sort !== "name") search.set("sort", query.sort);
  for (const [name, value] of Object.entries(cursor)) search.set(name, value);
  return search.size === 0 ? "/schools" : `/schools?${search}`;
}

function nothingFound(query: FinderQuery) {
  return html`<div class="empty stack"><h3>No school by that name${query.country !== "" && " there"}</h3><p class="muted">Every word must be in the name, each at least as a beginning. Fewer words find more, and many schools are listed under the name in their own language.</p><p class="row">${query.country !== "" && query.words !== "" && html`<a class="button quiet small" href="${finderAddress({ ...query, country: "" })}">Search everywhere</a>`}<a class="button quiet small" href="/schools">Show all schools</a></p></div>`;
}

function named(countries: FinderView["countries"]): readonly { code: string; name: string; schools: number }[] {
  return countries
    .map(({ code, schools }) => ({ code, schools, name: countryName(code) ?? code }))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}
