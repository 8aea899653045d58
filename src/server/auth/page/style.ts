import { cardStyle, css } from "../../pages/base-style.ts";

/** What the pages of sign-in add to a card: fields, what is wrong with them, other ways, and the lists of an account. */
export const authStyle: string =
  cardStyle +
  css`
main { max-width: 26rem; padding: clamp(0rem, 4vh, 3rem) 0; }
main.wide { max-width: 40rem; }
.masthead a { color: inherit; text-decoration: none; display: inline-block; border-radius: 4px; }
.masthead a:hover { text-decoration: underline; text-underline-offset: 0.2em; }
.card { gap: 1.25rem; }
.card form:not([hidden]) { margin: 0; display: grid; gap: 1.25rem; }
.card .button { width: 100%; text-align: center; }
.footing { max-width: 26rem; }
main.wide ~ .footing { max-width: 40rem; }
.lead { color: var(--muted); }
.field { display: grid; gap: 0.375rem; }
.field label { font-weight: 600; }
.field label .quiet { font-weight: 400; }
.field input:not([type="checkbox"], [type="radio"]), .field select, .field textarea {
  width: 100%; min-height: 2.75rem; padding: 0.5rem 0.75rem; font: inherit; color: var(--ink);
  border: 1.5px solid var(--edge); border-radius: var(--radius); background: var(--surface);
}
.field textarea { resize: vertical; }
.field :is(input, select, textarea):hover { border-color: var(--ink); }
.field :is(input, select, textarea):focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; border-radius: var(--radius); }
.field :is(input, select, textarea)[aria-invalid] { border-color: var(--danger); border-width: 2px; }
.field.code input { font: 600 1.375rem/1 var(--mono); letter-spacing: 0.14em; text-align: center; }
.hint { color: var(--muted); font-size: 0.875rem; }
.problem { color: var(--danger); font-size: 0.9375rem; font-weight: 600; }
.tick { grid-template-columns: auto 1fr; align-items: start; column-gap: 0.75rem; }
.tick input { width: 1.375rem; height: 1.375rem; margin: 0.0625rem 0 0; accent-color: var(--accent-ground); }
.tick label { font-weight: 400; }
.tick > p { grid-column: 2; }
.choice { border: 0; margin: 0; padding: 0; min-width: 0; }
.choice legend { padding: 0; margin-bottom: 0.5rem; font-weight: 600; }
.choice .tick { display: grid; }
.choice .tick input { min-height: 0; }
.ticks { display: grid; gap: 0.5rem 1rem; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); padding-inline-start: 2.125rem; }
.choice:has(input[value="all"]:checked) .ticks { display: none; }
.alert, .done { border-radius: var(--radius); padding: 0.75rem 1rem; background: var(--sunken); border: 1px solid var(--line); border-inline-start-width: 4px; }
.alert { border-inline-start-color: var(--danger); }
.done { border-inline-start-color: var(--accent); }
.alert:focus { outline: none; }
.alert:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: var(--radius); }
.alert a { color: inherit; }
.alert li { margin-top: 0.25rem; }
.more { display: grid; gap: 0.75rem; border-top: 1px solid var(--line); padding-top: 1.25rem; }
.more h2 { font-size: 0.9375rem; font-weight: 600; color: var(--muted); }
.ways .button { padding-inline: 0.5rem; }
.ways { display: grid; gap: 0.75rem; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); }
.card form.sites { gap: 0.75rem; grid-template-columns: minmax(0, 1fr); }
.card form.sites.many { grid-template-columns: repeat(auto-fill, minmax(max(8.5rem, 34%), 1fr)); }
.sites.many .button { padding-inline: 0.5rem; }
.sites.many .button:last-of-type:nth-of-type(odd) { grid-column: 1 / -1; }
.aside { font-size: 0.9375rem; }
.part { display: grid; gap: 0.75rem; border-top: 1px solid var(--line); padding-top: 1.25rem; }
.part h2 { font-size: 1.0625rem; font-weight: 650; line-height: 1.3; }
.line { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1.25rem; }
.line .button { width: auto; min-height: 2.5rem; padding: 0.375rem 1rem; font-size: 0.9375rem; }
.card .line form:not([hidden]) { display: block; }
.sessions { display: grid; }
.sessions li { padding: 0.75rem 0; border-bottom: 1px solid var(--line); }
.sessions li:first-child { padding-top: 0; }
.sessions:is(:last-child, :has(+ .more)) li:last-child { padding-bottom: 0; border-bottom: 0; }
.sessions strong { font-weight: 600; }
.sessions .quiet { display: block; font-size: 0.875rem; }
.things { display: grid; gap: 0.25rem; }
.things p { font-weight: 600; }
.things ul { list-style: disc; padding-inline-start: 1.25rem; }
.tag {
  display: inline-block; padding: 0.0625rem 0.5rem; border-radius: 99px; border: 1px solid var(--line); background: var(--sunken);
  font-size: 0.8125rem; font-weight: 600; color: var(--ink); white-space: nowrap;
}
.qr { justify-self: center; width: 12rem; max-width: 100%; padding: 0; background: #ffffff; border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden; }
.qr svg { display: block; width: 100%; height: auto; }
code { font: 600 0.9375rem/1.6 var(--mono); }
.codes { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: 0.375rem 1rem; padding: 1rem; background: var(--sunken); border-radius: var(--radius); }
.acting { margin: 0 0 1rem; padding: 0.75rem 1rem; border: 2px solid var(--danger); border-radius: var(--radius); background: var(--surface); font-weight: 600; }
.codes.one { display: block; user-select: all; }
.sessions code { font-size: 0.8125rem; font-weight: 400; }
details > summary { cursor: pointer; width: fit-content; font-size: 0.9375rem; color: var(--accent); text-decoration: underline; text-underline-offset: 0.2em; padding: 0.375rem 0; border-radius: 4px; }
details > summary:hover { text-decoration-thickness: 2px; }
.part > details > summary { font-size: 1rem; }
.drawer { display: grid; gap: 1rem; padding: 1rem; margin-top: 0.5rem; background: var(--sunken); border-radius: var(--radius); }
.pair { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.address { overflow-wrap: anywhere; }
@media (forced-colors: active) { .alert, .done { border-color: CanvasText; } }
`;
