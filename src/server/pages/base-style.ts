/** CSS of this server's own pages: constants alone, for it goes into the page as it is. */
export function css(strings: TemplateStringsArray): string {
  return strings.join("").replaceAll(/\s*\n\s*/g, "");
}

/**
 * What every page stands on: colours by what they mean, in light and dark by the system's wish, sizes, and the elements that pages share. Every text has at
 * least the contrast of WCAG 2.2 AA on each of the grounds. `--accent` is the brand's, where there is one.
 */
export const baseStyle: string = css`
:root {
  color-scheme: light dark;
  --page: #f3f4f6;
  --surface: #ffffff;
  --sunken: #f3f4f6;
  --line: #d6dae0;
  --edge: #7d8794;
  --ink: #1a212b;
  --muted: #4b5563;
  --accent: #1d4ed8;
  --accent-ground: #1d4ed8;
  --on-accent: #ffffff;
  --accent-soft: #e8eefc;
  --danger: #a4161a;
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", Menlo, Consolas, "Liberation Mono", monospace;
  --radius: 10px;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1419;
    --surface: #1b222c;
    --sunken: #141a21;
    --line: #35404d;
    --edge: #8190a0;
    --ink: #e8ebef;
    --muted: #a9b3bf;
    --accent: #9db7ff;
    --accent-ground: #2f5fe0;
    --on-accent: #ffffff;
    --accent-soft: #22304d;
    --danger: #ff9c96;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html {
  font: 400 100%/1.5 var(--font);
  color: var(--ink);
  background: var(--page);
  text-size-adjust: 100%;
  overflow-wrap: anywhere;
}
body { margin: 0; min-height: 100dvh; }
h1, h2, h3, p, ul, ol, dl, dd, figure, pre { margin: 0; }
ul, ol { padding: 0; list-style: none; }
h1 { font-size: 1.5rem; line-height: 1.25; font-weight: 700; letter-spacing: -0.015em; text-wrap: balance; }
p { text-wrap: pretty; }
a { color: var(--accent); text-underline-offset: 0.18em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
button, input { font: inherit; color: inherit; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.quiet { color: var(--muted); }
.hidden {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 2.75rem; padding: 0.5rem 1.25rem;
  border: 1.5px solid var(--edge); border-radius: var(--radius); background: var(--surface); color: var(--ink);
  font-weight: 600; text-decoration: none; cursor: pointer;
}
.button:hover { border-color: var(--ink); }
.button.main { background: var(--accent-ground); border-color: var(--accent-ground); color: var(--on-accent); }
.button.main:hover { filter: brightness(1.08); }
@media (forced-colors: active) { .button { border-color: ButtonText; } }
`;

/** A page with one thing to say: a card in the middle. */
export const cardStyle: string = css`
body { display: grid; grid-template-rows: 1fr auto; justify-items: center; padding: 1.5rem 1rem; }
main { width: 100%; max-width: 30rem; align-self: center; }
.masthead { padding: 0 0.25rem 1rem; font-weight: 700; font-size: 1.125rem; }
.masthead img { display: block; max-width: 100%; height: auto; }
.card {
  background: var(--surface); border: 1px solid var(--line); border-radius: 16px; padding: clamp(1.5rem, 6vw, 2.5rem);
  display: grid; gap: 1rem;
}
.card form { margin: 0.5rem 0 0; }
.card .button { width: 100%; }
.footing { width: 100%; max-width: 30rem; padding: 1.5rem 0.25rem 0; font-size: 0.875rem; color: var(--muted); white-space: pre-line; }
`;
