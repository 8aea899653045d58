import { html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";

/** A click, and not the opening of the link, confirms: programs that look into mails open links too. */
export function confirmPage({ token }: { readonly token: string }): Page {
  return {
    title: "Confirm your address",
    description: "Say that an address is yours.",
    body: html`
<div class="page"><h1>Is this your address?</h1><p class="lead">You followed the link of a mail that we sent you. Say that the address is yours, and your mails go there.</p></div>
<form class="gap" method="post" action="/account/confirm"><input type="hidden" name="token" value="${token}"><button class="button">Yes, it is mine</button></form>`,
  };
}

export function confirmedPage({ isGood }: { readonly isGood: boolean }): Page {
  return {
    title: isGood ? "Confirmed" : "This link is no longer good",
    description: "Say that an address is yours.",
    status: isGood ? 200 : 410,
    body: isGood
      ? html`
<div class="page"><h1>Thank you</h1><p class="lead">Your address is confirmed. Which mails you get is yours to say.</p></div>
<p class="gap"><a class="button" href="/account">Your account</a></p>`
      : html`
<div class="page"><h1>This link is no longer good</h1><p class="lead">A link is good for a week, and until another one was sent. Give your address once more, and you get a new one.</p></div>
<p class="gap"><a class="button" href="/account">Your account</a></p>`,
  };
}
