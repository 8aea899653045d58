import { selfGuidedOrder } from "../content/routes-to-the-job.ts";
import { skillGroups } from "../content/skills.ts";
import { chips } from "../design/components.ts";
import { html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";

export function skillsPage(): Page {
  return {
    title: "Skills and their order",
    description: "Languages, frameworks, databases and the rest of a back-end developer's tools, and the order to learn them in.",
    body: html`
<div class="page"><h1>What to know, and in which order</h1>
<p class="lead">The list is long, and nobody knows all of it on the first day. The colour of each skill shows the part of the back end where you will use it most.</p>
<ul class="row gap"><li class="chips server"><span class="key">Server</span></li><li class="chips application"><span class="key">Application</span></li><li class="chips database"><span class="key">Database</span></li></ul></div>
<section class="section" aria-labelledby="all"><h2 id="all">The skills</h2>
<dl class="skills gap">${skillGroups.map((group) => html`<div><dt><h3>${group.name}</h3></dt><dd class="muted">${group.advice}</dd><dd>${chips(group.skills, group.part)}</dd></div>`)}</dl></section>
<section class="section columns" aria-labelledby="order"><div><h2 id="order">The order</h2><p class="lead">For those who teach themselves. Schools and bootcamps have an order of their own, and often it is much like this one.</p></div>
<ol class="stations application">${selfGuidedOrder.map(({ step, why }) => html`<li><h3>${step}</h3><p class="muted">${why}</p></li>`)}</ol></section>`,
  };
}
