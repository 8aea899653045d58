import { type Html, html } from "./html.ts";

/** The site's mark: three lines that meet. */
export const mark: Html = html`<svg width="46" height="30" viewBox="0 0 46 30" aria-hidden="true" focusable="false" class="mark">
<g fill="none" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">
<path stroke="var(--server)" d="M3 5h13l11 10h8"/><path stroke="var(--application)" d="M3 15h32"/><path stroke="var(--database)" d="M3 25h13l11-10h8"/>
</g><circle cx="37" cy="15" r="6" fill="var(--surface)" stroke="var(--ink)" stroke-width="4"/></svg>`;

/** The way of one request through the three parts and back, drawn as a line map. */
export const requestMap: Html = html`<svg class="map" viewBox="0 0 520 400" role="img" aria-labelledby="map-title">
<title id="map-title">A visitor's request passes the server, the application and the database, and the answer comes back the same way.</title>
<path class="server" d="M40 60H190Q220 60 220 90V110Q220 140 250 140"/>
<path class="application" d="M40 80H170Q200 80 200 110V200Q200 230 230 230H250"/>
<path class="database" d="M40 100H150Q180 100 180 130V290Q180 320 210 320H250"/>
<circle cx="40" cy="80" r="28"/>
<circle cx="262" cy="140" r="14"/><circle cx="262" cy="230" r="14"/><circle cx="262" cy="320" r="14"/>
<text x="12" y="30">A visitor asks</text>
<text x="292" y="138">The server</text><text class="note" x="292" y="160">receives, and sends back</text>
<text x="292" y="228">The application</text><text class="note" x="292" y="250">works out the answer</text>
<text x="292" y="318">The database</text><text class="note" x="292" y="340">finds what is needed</text>
</svg>`;
