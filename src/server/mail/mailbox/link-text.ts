import { html, type Html, type Slot } from "../../pages/html.ts";

const addressForm = /https?:\/\/[^\s<>"]+/g;

/** Plain text whose addresses can be clicked. A full stop or bracket at an address's end belongs to the sentence. */
export function linkText(text: string): Html {
  const pieces: Slot[] = [];
  let last = 0;
  for (const { 0: found, index } of text.matchAll(addressForm)) {
    const address = found.replace(/[.,;:!?'")\]}]+$/, "");
    pieces.push(text.slice(last, index), html`<a href="${address}" target="_blank" rel="noopener noreferrer">${address}</a>`);
    last = index + address.length;
  }
  return html`${[...pieces, text.slice(last)]}`;
}
