import { careers } from "../content/careers.ts";
import { parts, slowness } from "../content/parts.ts";
import { questions } from "../content/questions.ts";
import { routes } from "../content/routes-to-the-job.ts";
import { dollars, thousands } from "../design/components.ts";
import { html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";
import { requestMap } from "../design/map.ts";
import { timeSpans } from "./pathways.ts";

export function homePage(view: { readonly schools: number }): Page {
  return {
    title: "",
    description: "What a back end is, three ways to learn to build one, and a finder of real schools around the world.",
    body: html`
<div class="page columns">
<div><h1>Become a <span class="whole">back-end</span> developer</h1>
<p class="lead">Behind every website that feels quick and safe are three parts and somebody who understands them. See what they are, choose a way to learn them, and find a school.</p>
<form class="search short gap" action="/schools" role="search" aria-label="Schools">
<div><label for="q">Search ${thousands(view.schools)} schools</label><input id="q" name="q" type="search" placeholder="University of Helsinki" autocomplete="off" maxlength="100"></div>
<button class="button">Find a school</button>
</form></div>
${requestMap}
</div>

<section class="section" aria-labelledby="parts"><h2 id="parts">A request changes trains twice</h2>
<p class="lead">Every page that you open has come this way, in a fraction of a second if the people behind it did well.</p>
<ol class="stations across gap">${parts.map(
      (part) =>
        html`<li class="${part.slug}"><h3><a href="/parts#${part.slug}">${part.name}</a></h3><p class="muted">${part.explanation[0]}</p></li>`,
    )}</ol></section>

<section class="section" aria-label="Why it matters"><div class="figure"><b>${slowness.share}%</b><p>${slowness.statement}<small>${slowness.source}</small></p></div></section>

<section class="section columns" aria-labelledby="ways"><div><h2 id="ways">Three ways to get there</h2>
<p class="lead">They differ most in time, money and how much company you have. <a href="/pathways">Compare the three pathways</a> before you choose.</p>
<ul class="stack gap">${routes.map((route) => html`<li><h3>${route.name}</h3><p class="muted">${route.suits}</p></li>`)}</ul></div>
<div class="card">${timeSpans}</div></section>

<section class="section" aria-labelledby="work"><h2 id="work">The work at the end of it</h2>
<div class="thirds halves gap">${careers.map(
      (career) =>
        html`<article class="card stack"><h3><a href="/careers#${career.slug}">${career.title}</a></h3><p>${career.summary}</p><p><span class="number">${dollars(career.salary)}</span> <span class="muted">a year, median</span></p></article>`,
    )}</div></section>

<section class="section columns" aria-labelledby="questions"><h2 id="questions">Asked before you start</h2>
<ul class="stack">${questions.map((question) => html`<li><a href="/questions#${question.slug}">${question.question}</a></li>`)}</ul></section>`,
  };
}
