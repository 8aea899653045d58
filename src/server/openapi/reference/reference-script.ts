/**
 * What the page runs before and after Scalar's own script. Scalar writes its styles into elements that it makes, and into attributes, which a strict content
 * security policy forbids. So the elements get the nonce of the page as they are made, and attributes become properties, which the policy leaves to scripts:
 * also the one that its highlighter writes into HTML, by which line numbers have their width.
 */
export const referenceScript: string = `(() => {
  "use strict";
  const { nonce } = document.currentScript;
  const create = document.createElement;
  document.createElement = function (...given) {
    const element = create.apply(this, given);
    if (element instanceof HTMLStyleElement) {
      element.nonce = nonce;
      // Its bundler's own word for the nonce is a meta element, and undefined where there is none.
      Object.defineProperty(element, "nonce", { get: () => nonce, set() {} });
    }
    return element;
  };
  const set = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style" && this.style) this.style.cssText = value;
    else set.call(this, name, value);
  };
  const inner = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");
  Object.defineProperty(Element.prototype, "innerHTML", {
    ...inner,
    set(given) {
      const html = given === null ? "" : String(given);
      const apart = html.replaceAll(' style="--line-', ' data-lines="--line-');
      inner.set.call(this, apart);
      if (apart === html) return;
      for (const element of this.querySelectorAll("[data-lines]")) element.style.cssText = element.dataset.lines;
    },
  });
  document.addEventListener("DOMContentLoaded", () => {
    if (!window.Scalar) return;
    const without = document.getElementById("without");
    const url = without.querySelector("a").href;
    without.remove();
    window.Scalar.createApiReference("#reference", {
      url,
      agent: { disabled: true },
      defaultOpenAllTags: false,
      documentDownloadType: "json",
      hideClientButton: true,
      mcp: { disabled: true },
      persistAuth: false,
      showDeveloperTools: "never",
      telemetry: false,
      withDefaultFonts: false,
    });
  });
})();
`;
