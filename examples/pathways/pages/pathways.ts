import { bootcampSource, resources, routes, selfGuidedOrder } from "../content/routes-to-the-job.ts";
import { bar } from "../design/components.ts";
import { type Html, html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";

/** How long each way takes, to scale: the whole bar is four years. */
export const timeSpans: Html = html`<figure class="spans">
<figcaption class="muted small">Time it takes; the full bar is four years</figcaption>
${routes.map((route) => html`<div><p><strong>${route.name}</strong><span>${route.takes}</span></p>${spanOf(route.slug)}</div>`)}
<p class="muted small">${bootcampSource}.</p></figure>`;

function spanOf(slug: (typeof routes)[number]["slug"]): Html {
  if (slug === "bootcamp") return bar(0, (13 / (4 * 52)) * 100);
  return slug === "degree" ? bar(0, 100) : bar(0, 100, true);
}

export function pathwaysPage(): Page {
  return {
    title: "Pathways compared",
    description: "Self-guided study, a bootcamp or a bachelor's degree: time, strengths and weaknesses side by side.",
    body: html`
<div class="page columns"><div><h1>Three pathways, one job</h1>
<p class="lead">Nobody asks a working website how its makers learned. The way matters for other reasons: what it costs you, how long it takes, and whether you will finish it.</p></div><div class="card">${timeSpans}</div></div>

<section class="section" aria-labelledby="compared"><h2 id="compared">Side by side</h2>
<table class="folds gap"><caption>What speaks for and against each pathway</caption>
<thead><tr><th scope="col">Pathway</th><th scope="col">Takes</th><th scope="col">In its favour</th><th scope="col">Against it</th><th scope="col">Suits you if</th></tr></thead>
<tbody>${routes.map(
      (route) =>
        html`<tr id="${route.slug}"><th scope="row">${route.name}</th><td data-label="Takes">${route.takes}</td><td data-label="In its favour"><ul class="ticks">${items(route.inFavour)}</ul></td><td data-label="Against it"><ul class="ticks against">${items(route.against)}</ul></td><td data-label="Suits you if">${route.suits}</td></tr>`,
    )}</tbody></table></section>

<section class="section columns" aria-labelledby="self-order"><div><h2 id="self-order">Teaching yourself, in this order</h2>
<p class="lead">Without a school, the hardest question is what to learn next. This order has each step stand on the one before it.</p>
<h3 class="gap">Where to learn it</h3>
<ul class="stack gap">${resources.map(
      (resource) =>
        html`<li>${resource.address === undefined ? html`<strong>${resource.name}</strong>` : html`<a href="${resource.address}" rel="noopener">${resource.name}</a>`} <span class="muted">${resource.kind.toLowerCase()}</span></li>`,
    )}</ul></div>
<ol class="stations application">${selfGuidedOrder.map(({ step, why }) => html`<li><h3>${step}</h3><p class="muted">${why}</p></li>`)}</ol></section>

<section class="section stack" aria-labelledby="school"><h2 id="school">Leaning towards a degree?</h2><p class="lead">Look at schools near you, or far away, and read what others say of them.</p><p><a class="button" href="/schools">Find a school</a></p></section>`,
  };
}

function items(texts: readonly string[]): readonly Html[] {
  return texts.map((text) => html`<li>${text}</li>`);
}
