import starlight from "@astrojs/starlight";
import { defineConfig } from "astro/config";
import sidebar from "./src/sidebar.json" with { type: "json" };

/** A head cell that says nothing is no head: readers of screens would announce it. */
function emptyHeads() {
  const visit = (node) => {
    if (node.tagName === "th" && node.children.length === 0) node.tagName = "td";
    for (const child of node.children ?? []) visit(child);
  };
  return visit;
}

export default defineConfig({
  markdown: { rehypePlugins: [emptyHeads] },
  trailingSlash: "always",
  devToolbar: { enabled: false },
  integrations: [
    starlight({
      title: "Chassis",
      description: "The whole back end of a website in one TypeScript package.",
      logo: { src: "./src/assets/mark.svg", alt: "" },
      favicon: "/icon.svg",
      sidebar,
      customCss: ["@fontsource-variable/archivo/wdth.css", "@fontsource-variable/jetbrains-mono/index.css", "./src/styles/site.css"],
      expressiveCode: { themes: ["github-dark-default", "github-light-default"], useStarlightUiThemeColors: true, shiki: { langAlias: { haproxy: "nginx" } } },
      credits: false,
      pagination: true,
    }),
  ],
});
