import { countryName } from "../content/countries.ts";
import { described, featuredLabel, hint, plural, problem, ratingLine, stars, textArea } from "../design/components.ts";
import { type Html, html } from "../design/html.ts";
import { type Page, signInAddress, signUpAddress, type Viewer } from "../design/layout.ts";
import type { FormState, ReviewView, SchoolView } from "./views.ts";

export interface SchoolPageView {
  readonly school: SchoolView;
  readonly reviews: readonly ReviewView[];
  readonly viewer: Viewer | null;
  readonly saved: boolean;
  readonly form: FormState;
  readonly status?: number;
}

const starLabels = ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"] as const;

export function schoolPage(view: SchoolPageView): Page {
  const { school, reviews, viewer, saved } = view;
  const mine = reviews.find((review) => review.mine);
  const home = `/schools/${school.domain}`;
  return {
    title: school.name,
    description: `${school.name} (${school.domain}): facts and reviews.`,
    status: view.status ?? 200,
    body: html`
<nav class="page small" aria-label="Back"><a href="/schools">All schools</a></nav>
<div class="stack school-head"><h1 class="name" dir="auto">${school.name}</h1>${school.featured && html`<p>${featuredLabel}</p>`}${otherNames(school.otherNames)}</div>
<div class="columns aside gap">
<aside class="card stack" aria-label="Facts">
<dl class="facts"><dt>Domain</dt><dd><a href="https://${school.domain}/" rel="noopener nofollow">${school.domain}</a></dd><dt>Country</dt><dd>${school.country === null ? "Not known" : countryName(school.country)}</dd><dt>Rating</dt><dd>${ratingLine(school.rating, school.reviewCount)}</dd></dl>
${viewer !== null && html`<form method="post" action="${home}/save"><button class="button quiet" name="saved" value="${saved ? "no" : "yes"}">${saved ? "Remove from saved" : "Save this school"}</button></form>`}
${viewer?.editor && html`<form method="post" action="${home}/featured"><button class="button quiet" name="featured" value="${school.featured ? "no" : "yes"}">${school.featured ? "No longer a featured partner" : "Mark as featured partner"}</button></form>`}
</aside>
<section class="stack" aria-labelledby="reviews"><h2 id="reviews">Reviews</h2>
${reviews.length === 0 ? html`<p class="empty">Nobody has reviewed this school yet.${viewer !== null && " Yours would be the first."}</p>` : html`<ol>${reviews.map((review) => reviewItem(review, home, viewer))}</ol>`}
${viewer === null ? html`<p class="row"><a class="button" href="${signInAddress(`${home}#write`)}">Sign in to write a review</a><span class="muted">New here? <a href="${signUpAddress(`${home}#write`)}">Make an account</a>: you can save schools, too.</span></p>` : reviewForm(view, mine, home)}
</section></div>`,
  };
}

/** A few at once: some domains are shared by a hundred schools. */
function otherNames(names: readonly string[]): Html {
  const paragraph = (name: string): Html => html`<p class="muted" dir="auto">${name}</p>`;
  const [shown, rest] = [names.slice(0, 3), names.slice(3)];
  return html`${shown.map(paragraph)}${
    rest.length > 0 &&
    html`<details class="stack"><summary>${rest.length} further ${plural(rest.length, "name", "names")}</summary>${rest.map(paragraph)}</details>`
  }`;
}

function reviewItem(review: ReviewView, home: string, viewer: Viewer | null): Html {
  const action = `${home}/reviews/${review.id}/delete`;
  return html`<li class="review stack" id="review-${review.id}"><div class="row between"><h3>${review.author}</h3><div class="rating">${stars(review.stars)} <span>${review.stars} of 5</span></div></div>
<p dir="auto">${review.body}</p><p class="muted small"><time datetime="${review.created}">${day(review.created)}</time>${review.edited && ", edited"}</p>
${(review.mine || viewer?.editor) && html`<form class="row" method="post" action="${action}">${review.mine && html`<a class="button quiet small" href="#write">Change it</a>`}<button class="button quiet small">Delete this review</button></form>`}</li>`;
}

function reviewForm({ form, school }: SchoolPageView, mine: ReviewView | undefined, home: string): Html {
  const value = (name: "stars" | "body"): string => form.values[name] ?? String(mine?.[name] ?? "");
  const problems = form.problems;
  const starsField = { name: "stars", label: "Stars", problem: problems["stars"] };
  return html`<section id="write" class="card stack" aria-labelledby="write-title"><h3 id="write-title">${mine === undefined ? `Review ${school.name}` : "Change your review"}</h3>
${Object.keys(problems).length > 0 && html`<p class="notice bad" role="alert">Your review is not saved yet: ${problems["form"] ?? `see the ${plural(Object.keys(problems).length, "field", "fields")} marked below.`}</p>`}
<form class="stack" method="post" action="${home}/review" novalidate>
<fieldset ${described(starsField)}><legend>${starsField.label}</legend>${hint(starsField)}<div class="choices">${starLabels.map((label, index) => html`<label><input type="radio" name="stars" value="${index + 1}"${value("stars") === String(index + 1) && html` checked`}> ${label}</label>`)}</div>${problem(starsField)}</fieldset>
${textArea({ name: "body", label: "Your review", value: value("body"), hint: "What would you have liked to know before you went there? Up to 4,000 characters.", problem: problems["body"] }, html`maxlength="4000"`)}
<p><button class="button">${mine === undefined ? "Publish the review" : "Save the change"}</button></p></form></section>`;
}

function day(moment: string): string {
  return new Date(moment).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}
