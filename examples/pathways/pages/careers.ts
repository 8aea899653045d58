import { careers, careersSource } from "../content/careers.ts";
import { bar, dollars } from "../design/components.ts";
import { html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";

const highest: number = Math.max(...careers.map((career) => career.salary));

export function careersPage(): Page {
  return {
    title: "Careers",
    description: "Web developer and software engineer: education, outlook, salary and the industries that hire them.",
    body: html`
<div class="page"><h1>Where it leads</h1>
<p class="lead">Two professions take most back-end developers in. One is the shorter way into work; the other asks for a degree and pays for it.</p></div>

<section class="section" aria-labelledby="pay"><h2 id="pay">Median pay for a year</h2>
<div class="stack gap measure">${careers.map(
      (career) =>
        html`<div><div class="row between"><strong>${career.title}</strong><span class="number">${dollars(career.salary)}</span></div>${bar(0, (career.salary / highest) * 100)}</div>`,
    )}</div></section>

<section class="section" aria-labelledby="compared"><h2 id="compared">The two compared</h2>
<table class="folds gap"><caption>Growth is that of jobs, from 2021 to 2031</caption>
<thead><tr><th scope="col">Career</th><th scope="col">Education</th><th scope="col">Growth</th><th scope="col">Median salary</th><th scope="col">Industries</th></tr></thead>
<tbody>${careers.map(
      (career) =>
        html`<tr id="${career.slug}"><th scope="row">${career.title}<p class="muted small">${career.summary}</p></th><td data-label="Education">${career.education}</td><td data-label="Growth">${career.growth}%</td><td data-label="Median salary">${dollars(career.salary)}</td><td data-label="Industries">${career.industries.join(", ")}</td></tr>`,
    )}</tbody></table>
<p class="muted small">${careersSource}.</p></section>

<section class="section stack" aria-labelledby="next"><h2 id="next">What to do about it</h2><p class="lead">See <a href="/skills">what employers expect you to know</a>, then <a href="/pathways">how to learn it</a>.</p></section>`,
  };
}
