import { html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";

interface Words {
  readonly title: string;
  readonly text: string;
}

const words: Readonly<Record<number, Words>> = {
  400: {
    title: "That address does not work",
    text: "Something in it has a form that we do not understand. If a link brought you here, the mistake is ours.",
  },
  403: {
    title: "Not from here",
    text: "This was sent in a way that we do not accept, or asks for something that is not yours to do. Go back, reload the page and try once more.",
  },
  404: { title: "The line ends here", text: "There is no page at this address. It may have moved, or a letter is missing." },
  405: { title: "That cannot be done here", text: "This address does not take what was sent to it." },
  413: { title: "That is too much", text: "What was sent is larger than this form takes." },
  503: { title: "Too busy right now", text: "Please try again in a moment. What you sent has not been saved." },
};

const refused: Words = {
  title: "That did not work",
  text: "What was asked for cannot be done as things stand. Go back, reload the page and try once more.",
};

const unexpected: Words = {
  title: "Something broke on our side",
  text: "It has been noted. What you did before this page is safe; please try again.",
};

export function failurePage(status: number): Page {
  const { title, text } = words[status] ?? (status < 500 ? refused : unexpected);
  return {
    title,
    description: text,
    status,
    body: html`<div class="page stack"><p class="number muted">${status}</p><h1>${title}</h1><p class="lead">${text}</p><p class="row gap"><a class="button" href="/">To the start</a><a class="button quiet" href="/schools">Find a school</a></p></div>`,
  };
}
