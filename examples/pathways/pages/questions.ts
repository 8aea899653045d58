import { questions } from "../content/questions.ts";
import { html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";

export function questionsPage(): Page {
  return {
    title: "Questions",
    description: "What people ask before they set out to become back-end developers, answered in short.",
    body: html`
<div class="page"><h1>Questions people ask</h1></div>
<div class="stack wide section">${questions.map(
      (question) =>
        html`<section id="${question.slug}" class="columns" aria-labelledby="${question.slug}-title"><h2 id="${question.slug}-title">${question.question}</h2><div class="stack">${question.answer.map((text) => html`<p>${text}</p>`)}<p><a href="${question.more.address}">${question.more.label}</a></p></div></section>`,
    )}</div>`,
  };
}
