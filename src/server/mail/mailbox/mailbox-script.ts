/**
 * Asks every two seconds, while somebody looks, whether there is another mail, and puts the new list in place of the old one. The mail that is
 * read stays as it is.
 */
export const mailboxScript: string = `"use strict";
const list = document.querySelector("[data-list]");
const news = document.querySelector("[role=status]");
// As it is in the page: below the path of the base URL, where that has one.
const home = document.querySelector("h1 a").href;
const counted = () => Number(document.querySelector("[data-count]").dataset.count);
let state = document.body.firstElementChild.dataset.state;
async function look() {
  if (document.hidden) return;
  const answer = await fetch(home + "/state");
  if (!answer.ok) return;
  const now = await answer.text();
  if (now === state) return;
  state = now;
  const page = await fetch(location.href);
  const next = new DOMParser().parseFromString(await page.text(), "text/html");
  const other = next.querySelector("[data-list]");
  if (!page.ok || list === null || other === null || location.pathname === new URL(home).pathname) return location.reload();
  const before = counted();
  list.replaceChildren(...other.childNodes);
  document.querySelector("[data-count]").replaceWith(next.querySelector("[data-count]"));
  if (counted() > before) news.textContent = "A new mail has come.";
}
const again = () => look().catch(() => {}).finally(() => setTimeout(again, 2000));
setTimeout(again, 2000);
document.addEventListener("visibilitychange", () => look().catch(() => {}));`;
