import { css } from "../../pages/base-style.ts";

/** A list beside the mail that is read; on a phone one after the other. */
export const mailboxStyle: string = css`
body { display: grid; grid-template-rows: auto minmax(0, 1fr); }
.top {
  display: flex; align-items: center; gap: 1rem; padding: 0.625rem 1.25rem; min-height: 3.5rem;
  background: var(--surface); border-bottom: 1px solid var(--line);
}
.top h1 { font-size: 1.0625rem; white-space: nowrap; }
.top h1 a { color: inherit; text-decoration: none; }
.top .quiet { font-size: 0.875rem; }
.top form { margin-inline-start: auto; }
.top .button { white-space: nowrap; min-height: 2.25rem; padding: 0.25rem 0.875rem; font-size: 0.875rem; }
.panes { display: grid; grid-template-columns: minmax(17rem, 22rem) minmax(0, 1fr); min-height: 0; }
.list { border-inline-end: 1px solid var(--line); background: var(--sunken); overflow-y: auto; }
.list li { border-bottom: 1px solid var(--line); }
.list li > a {
  display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.125rem 0.75rem; padding: 0.875rem 1.25rem;
  color: inherit; text-decoration: none; border-inline-start: 3px solid transparent;
}
.list li > a:hover { background: var(--surface); }
.list li > a:focus-visible { outline-offset: -3px; }
.list li > a[aria-current] { background: var(--surface); border-inline-start-color: var(--accent); }
.list strong { font-weight: 600; overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
.list time, .list small { font-size: 0.8125rem; color: var(--muted); }
.list time { line-height: 1.5rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
.list small { grid-column: 1 / -1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.older { display: block; padding: 0.875rem 1.25rem; font-size: 0.875rem; }
.reader { display: grid; grid-template-rows: auto auto minmax(0, 1fr); min-width: 0; min-height: 0; background: var(--surface); }
.about { padding: 1.5rem 1.75rem 1rem; display: grid; gap: 0.75rem; }
.about h2 { font-size: 1.375rem; line-height: 1.3; letter-spacing: -0.01em; }
.about dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.125rem 1rem; font-size: 0.9375rem; }
.about dt { color: var(--muted); }
.back { display: none; }
.bar {
  display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1.25rem; padding: 0 1.75rem;
  border-bottom: 1px solid var(--line);
}
.tabs { display: flex; gap: 1.25rem; }
.tabs a {
  display: inline-flex; align-items: center; min-height: 2.75rem; color: var(--muted); text-decoration: none; font-size: 0.9375rem;
  border-bottom: 2px solid transparent; margin-bottom: -1px;
}
.tabs a:hover { color: var(--ink); }
.tabs a[aria-current] { color: var(--ink); font-weight: 600; border-bottom-color: var(--accent); }
.tools { display: flex; align-items: center; gap: 1.25rem; margin-inline-start: auto; font-size: 0.875rem; min-height: 2.75rem; }
.tools fieldset { display: flex; border: 1px solid var(--edge); border-radius: 8px; margin: 0; padding: 0; overflow: hidden; }
.tools label { display: inline-flex; align-items: center; min-height: 2rem; padding: 0 0.75rem; cursor: pointer; color: var(--muted); }
.tools label + input + label, .tools input + label { border-inline-start: 0; }
.tools input { position: absolute; opacity: 0; pointer-events: none; }
.tools input:checked + label { background: var(--accent-soft); color: var(--ink); font-weight: 600; }
.tools input:focus-visible + label { outline: 3px solid var(--accent); outline-offset: -3px; border-radius: 8px; }
.content { min-height: 0; overflow: auto; background: var(--sunken); }
.content pre {
  padding: 1.75rem; white-space: pre-wrap; font: 400 0.875rem/1.6 var(--mono); background: var(--surface); min-height: 100%; tab-size: 4;
}
.content pre.text { font-size: 0.9375rem; max-width: none; }
.stage { display: grid; justify-items: center; height: 100%; padding: 1.25rem; }
.stage iframe {
  width: 100%; height: 100%; border: 1px solid var(--line); border-radius: 12px; background: transparent; min-height: 24rem;
}
.reader:has(#width-phone:checked) iframe { width: 375px; max-width: 100%; }
.facts { background: var(--surface); min-height: 100%; padding: 1rem 1.75rem 1.75rem; }
.facts table { width: 100%; border-collapse: collapse; font-size: 0.875rem; }
.facts th, .facts td { text-align: start; vertical-align: top; padding: 0.625rem 1rem 0.625rem 0; border-bottom: 1px solid var(--line); }
.facts th { font-weight: 600; white-space: nowrap; }
.facts td { font-family: var(--mono); line-height: 1.6; }
.nothing { place-self: center; max-width: 30rem; padding: 3rem 1.75rem; display: grid; gap: 0.75rem; text-align: center; }
.nothing h2 { font-size: 1.25rem; }
.empty { grid-template-columns: minmax(0, 1fr); }
@media (min-width: 48.001rem) { html, body { height: 100dvh; overflow: hidden; } }
@media (max-width: 48rem) {
  .top { padding-inline: 1rem; position: sticky; top: 0; z-index: 1; }
  .panes { grid-template-columns: minmax(0, 1fr); }
  .list { border-inline-end: 0; overflow: visible; }
  .list li > a { padding-inline: 1rem; }
  .panes.listing .reader { display: none; }
  .panes.listing .list li > a[aria-current] { background: none; border-inline-start-color: transparent; }
  .panes.reading .list { display: none; }
  .back { display: inline-block; font-size: 0.9375rem; justify-self: start; padding-block: 0.25rem; }
  .about { padding: 0.75rem 1rem 0.75rem; }
  .about h2 { font-size: 1.1875rem; }
  .bar { padding-inline: 1rem; }
  .tabs { gap: 1rem; }
  .content pre, .facts { padding-inline: 1rem; }
  .tools fieldset { display: none; }
  .stage { padding: 0.75rem; height: auto; }
  .stage iframe { height: 75dvh; }
  .facts th, .facts td { display: block; padding-inline-end: 0; }
  .facts th { border-bottom: 0; padding-bottom: 0; }
  .facts td { padding-top: 0.125rem; }
}
`;
