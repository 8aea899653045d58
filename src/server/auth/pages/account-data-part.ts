import { html, type Html } from "../../pages/html.ts";
import { paths } from "../page/paths.ts";
import type { Visit } from "../page/visit.ts";

/** Where somebody takes a copy of what is kept of them, and ends their account: of the account's page. */
export function dataPart({ say }: Visit): Html {
  return html`<section class="part">
<h2>${say("dataTitle")}</h2>
<div class="line">
<a class="button" href="${paths.exportAccount}">${say("exportLink")}</a>
<a class="button" href="${paths.deleteAccount}">${say("deleteLink")}</a>
</div>
</section>`;
}
