import { type Html, html } from "./html.ts";

/** The site's mark: three lines that meet. */
export const mark: Html = html`<svg width="46" height="30" viewBox="0 0 46 30" aria-hidden="true" focusable="false" class="mark">
<g fill="none" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">
<path stroke="var(--server)" d="M3 5h13l11 10h8"/><path stroke="var(--application)" d="M3 15h32"/><path stroke="var(--database)" d="M3 25h13l11-10h8"/>
</g><circle cx="37" cy="15" r="6" fill="var(--surface)" stroke="var(--ink)" stroke-width="4"/></svg>`;

/** A change of lines: wide enough for the way there and the way back. */
function station(x: number, y: number): Html {
  return html`<rect x="-15" y="-13" width="48" height="26" rx="13" transform="translate(${x} ${y}) rotate(135)"/>`;
}

/** The way of one request through the three parts and back, drawn as a line map. */
export const requestMap: Html = html`<svg class="map" viewBox="0 0 450 362" role="img" aria-labelledby="map-title">
<title id="map-title">A visitor's request passes the server, the application and the database, and the answer comes back the same way.</title>
<g class="back"><path class="server" d="M24 72H44L116 144"/><path class="application" d="M116 144V170L176 230"/><path class="database" d="M176 230V260L238 322"/></g>
<path class="server" d="M36 58H58L130 130"/>
<path class="application" d="M130 130V158L190 218"/>
<path class="database" d="M190 218V248L252 310"/>
<circle cx="28" cy="64" r="21"/>${station(130, 130)}${station(190, 218)}${station(252, 310)}
<text x="8" y="28">A visitor asks</text>
<text x="166" y="122">The server</text><text class="note" x="166" y="145">takes it in, sends it back</text>
<text x="226" y="210">The application</text><text class="note" x="226" y="233">works out the answer</text>
<text x="288" y="302">The database</text><text class="note" x="288" y="325">finds what it needs</text>
</svg>`;
