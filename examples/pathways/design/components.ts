import { type Html, html, type Slot } from "./html.ts";

const star = html`<path d="M10 1.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8L1.6 7.7l5.8-.8z"/>`;
const five: Html = html`${[0, 1, 2, 3, 4].map((place) => html`<g transform="translate(${place * 20} 0)">${star}</g>`)}`;

/** Stars as a picture; whoever uses it says the number in words beside it. `rating` from 0 to 5. */
export function stars(rating: number): Html {
  // A nested svg clips what is drawn in it: that is how a star is filled in part, without a style attribute.
  return html`<svg class="stars" viewBox="0 0 100 20" aria-hidden="true" focusable="false"><g class="hollow">${five}</g><svg class="full" width="${(rating * 20).toFixed(1)}" height="20">${five}</svg></svg>`;
}

/** The mean of the reviews and their number, or that there are none. */
export function ratingLine(rating: number | null, count: number): Html {
  if (rating === null || count === 0) return html`<p class="rating muted">No reviews yet</p>`;
  return html`<p class="rating">${stars(rating)} <span>${rating.toFixed(1)} <span class="muted">(${count} ${plural(count, "review", "reviews")})</span></span></p>`;
}

export const featuredLabel: Html = html`<span class="featured">Featured partner</span>`;

export function chips(items: readonly string[], className = ""): Html {
  return html`<ul class="chips ${className}">${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

const fade: Html = html`<defs><linearGradient id="fade"><stop offset="0.1" stop-color="var(--application)"/><stop offset="1" stop-color="var(--application)" stop-opacity="0.08"/></linearGradient></defs>`;

/** A horizontal bar from `start` to `end`, both per cent of the whole. `open` fades out, since nobody can say where it ends; at most one of these a page. */
export function bar(start: number, end: number, open = false): Html {
  return html`<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">${open && fade}<rect class="track" width="100" height="10"/><rect class="bar ${open ? "open" : ""}" x="${start}" width="${end - start}" height="10"/></svg>`;
}

export interface FieldView {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly hint?: string;
  readonly problem?: string | undefined;
}

/** A labelled text field with its hint and its problem tied to it for those who do not see them side by side. */
export function textField(field: FieldView, attributes: Slot = ""): Html {
  return html`<div><label for="${field.name}">${field.label}</label>${hint(field)}<input id="${field.name}" name="${field.name}" value="${field.value}" ${described(field)} ${attributes}>${problem(field)}</div>`;
}

export function textArea(field: FieldView, attributes: Slot = ""): Html {
  return html`<div><label for="${field.name}">${field.label}</label>${hint(field)}<textarea id="${field.name}" name="${field.name}" ${described(field)} ${attributes}>
${field.value}</textarea>${problem(field)}</div>`;
}

export function checkbox({
  name,
  label,
  checked,
}: {
  readonly name: string;
  readonly label: string;
  readonly checked: boolean;
}): Html {
  return html`<label class="check"><input type="checkbox" name="${name}" value="yes" ${checked && html`checked`}> ${label}</label>`;
}

export function hint({ name, hint }: FieldView): Slot {
  return hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`;
}

export function problem({ name, problem }: FieldView): Slot {
  return problem !== undefined && html`<p class="problem" id="${name}-problem">${problem}</p>`;
}

export function described({ name, hint, problem }: FieldView): Slot {
  const ids = [hint !== undefined && `${name}-hint`, problem !== undefined && `${name}-problem`].filter((id) => id !== false);
  return [ids.length > 0 && html`aria-describedby="${ids.join(" ")}"`, problem !== undefined && html` aria-invalid="true"`];
}

export function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

export function thousands(count: number): string {
  return count.toLocaleString("en-US");
}

export function dollars(amount: number): string {
  return `$${thousands(amount)}`;
}
