import { countryName } from "../content/countries.ts";
import { featuredLabel, ratingLine } from "../design/components.ts";
import { type Html, html } from "../design/html.ts";
import { sortName } from "../schools/sort-name.ts";
import type { SchoolView } from "./views.ts";

/**
 * Schools in a form whose checked ones are compared. The list says nothing that `featured` could change but the label. Of a
 * school's other names one is shown: that in which the words searched for stand, if any.
 */
export function schoolList(schools: readonly SchoolView[], words = ""): Html {
  return html`<form action="/compare">
<ul class="schools">${schools.map((school) => listItem(school, otherName(school, words)))}</ul>
<p class="row compare-row"><button class="button quiet small">Compare the chosen</button><span class="muted small">Up to four</span></p>
</form>`;
}

function listItem(school: SchoolView, other: string | undefined): Html {
  const { name, domain, country, featured } = school;
  return html`<li><div><h2 dir="auto"><a href="/schools/${domain}">${name}</a> ${featured && featuredLabel}</h2>
${other !== undefined && html`<p class="muted small" dir="auto">${other}</p>`}
<p class="domain">${domain}${country !== null && html` · ${countryName(country)}`}</p></div>
${ratingLine(school.rating, school.reviewCount)}
<label class="pick"><input type="checkbox" name="school" value="${domain}"> Compare<span class="away"> ${name}</span></label></li>`;
}

function otherName({ otherNames }: SchoolView, words: string): string | undefined {
  const wanted = words
    .split(/\s+/)
    .filter((word) => word !== "")
    .map(sortName);
  return otherNames.find((name) => wanted.length > 0 && wanted.every((word) => sortName(name).includes(word))) ?? otherNames[0];
}
