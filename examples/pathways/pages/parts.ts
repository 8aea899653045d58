import { parts, slowness, together } from "../content/parts.ts";
import { chips } from "../design/components.ts";
import { html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";
import { requestMap } from "../design/map.ts";

export function partsPage(): Page {
  return {
    title: "The three parts of a back end",
    description: "Server, application and database: what each does, what happens when it fails, and which skills belong to it.",
    body: html`
<div class="page columns"><div><h1>The three parts of a back end</h1>
<p class="lead">The front end is what a visitor sees. Everything that has to happen before there is something to see is the back end, and it has three parts.</p></div>${requestMap}</div>
<ol class="stations detailed section">${parts.map(
      (part) =>
        html`<li id="${part.slug}" class="${part.slug}"><div class="stack"><h2>${part.name}</h2><p class="muted">${part.task}</p>${part.explanation.map((text) => html`<p>${text}</p>`)}</div><div class="stack"><p><strong>${part.failure}</strong></p>${chips(part.skills)}</div></li>`,
    )}</ol>
<section class="columns page" aria-labelledby="together"><div><h2 id="together">Only as good together</h2><p class="lead">A visitor has one website before them, not three parts. What they judge is the whole.</p></div>
<dl class="stack">${together.map(({ quality, meaning }) => html`<div><dt><strong>${quality}</strong></dt><dd class="muted">${meaning}</dd></div>`)}</dl></section>
<section class="section" aria-label="Why it matters"><div class="figure"><b>${slowness.share}%</b><p>${slowness.statement}<small>${slowness.source}</small></p></div></section>`,
  };
}
