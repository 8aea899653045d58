import starlight from "@astrojs/starlight";
import { defineConfig } from "astro/config";
import sidebar from "./src/sidebar.json" with { type: "json" };

export default defineConfig({
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
