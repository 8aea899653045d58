import { createHash } from "node:crypto";

/**
 * The only JavaScript of sign-in: what browsers let no form do. Pages work without it, and without passkeys then.
 *
 * It shows every `<form data-passkey="sign-in|factor|prove|add" hidden>` where the browser knows passkeys. When that is sent, it asks the server for the
 * question and the device for its answer, writes the answer into the field `response`, and sends the form as it is. Where the device gives none, it shows
 * the form's `[data-passkey-problem]`, whose words are those of its `data-cancelled`, or `data-failed` for all else.
 */
const source: string = `(() => {
  "use strict";
  // Where this script lies, its questions do too: below the path of the base URL, where that has one.
  const own = document.currentScript.src;
  const paths = { "sign-in": "sign-in/passkey/options", factor: "sign-in/factor/options", prove: "prove/options", add: "passkeys/options" };
  const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const toText = (bytes) =>
    btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const known = (list) => list.map((each) => ({ ...each, id: toBytes(each.id) }));

  async function ask(kind) {
    const reply = await fetch(new URL(paths[kind], own), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    if (!reply.ok) throw new Error("The server did not ask: " + reply.status);
    const asked = await reply.json();
    const publicKey = { ...asked, challenge: toBytes(asked.challenge) };
    if (kind !== "add") return navigator.credentials.get({ publicKey: { ...publicKey, allowCredentials: known(asked.allowCredentials) } });
    return navigator.credentials.create({
      publicKey: { ...publicKey, user: { ...asked.user, id: toBytes(asked.user.id) }, excludeCredentials: known(asked.excludeCredentials) },
    });
  }

  function written({ id, rawId, type, authenticatorAttachment, response }) {
    const parts = { clientDataJSON: toText(response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
      if (response[name]) parts[name] = toText(response[name]);
    if (response.getTransports) parts.transports = response.getTransports();
    return JSON.stringify({ id, rawId: toText(rawId), type, authenticatorAttachment, clientExtensionResults: {}, response: parts });
  }

  async function send(form) {
    const problem = form.querySelector("[data-passkey-problem]");
    const button = form.querySelector("button");
    if (problem) problem.hidden = true;
    button.disabled = true;
    try {
      form.elements.response.value = written(await ask(form.dataset.passkey));
      form.submit();
    } catch (error) {
      button.disabled = false;
      if (!problem) return;
      const isOver = error.name === "NotAllowedError" || error.name === "AbortError";
      problem.textContent = isOver ? problem.dataset.cancelled : problem.dataset.failed;
      problem.hidden = false;
    }
  }

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void send(form);
    });
  }
})();
`;

const digest = createHash("sha256").update(source).digest();

/**
 * How pages take it in: `<script src="path" integrity="integrity" defer></script>`, with `'integrity'` among the scripts of their content security
 * policy and `connect-src 'self'`.
 */
export const passkeyScript: { readonly path: string; readonly integrity: string; readonly source: string } = {
  path: `/auth/v1/passkeys-${digest.toString("hex").slice(0, 16)}.js`,
  integrity: `sha256-${digest.toString("base64")}`,
  source,
};
