/** The order in which one learns. Starlight opens the group of the page that is shown. A page that is not named here stands at the end of its folder. */
export const groups: readonly { readonly label: string; readonly folder: string; readonly collapsed: boolean }[] = [
  { label: "Learn", folder: "learn", collapsed: true },
  { label: "Recipes", folder: "recipes", collapsed: true },
  { label: "Reference", folder: "reference", collapsed: true },
  { label: "Decisions", folder: "decisions", collapsed: true },
  { label: "The project", folder: "project", collapsed: true },
];

export const order: readonly { readonly folder: string; readonly label: string; readonly pages: readonly string[] }[] = [
  {
    folder: "learn",
    label: "Begin",
    pages: [
      "learn/first-backend",
      "learn/schema",
      "learn/rules",
      "learn/data-api",
      "learn/client",
      "learn/react",
      "learn/testing",
    ],
  },
  {
    folder: "learn",
    label: "Data",
    pages: [
      "learn/writing",
      "learn/search",
      "learn/computed",
      "learn/history",
      "learn/migrations",
      "learn/data",
      "learn/repl",
      "learn/permissions",
    ],
  },
  { folder: "learn", label: "People", pages: ["learn/sign-in", "learn/teams", "learn/other-apps"] },
  {
    folder: "learn",
    label: "Code of your own",
    pages: [
      "learn/functions",
      "learn/routes",
      "learn/jobs",
      "learn/triggers",
      "learn/mail",
      "learn/webhooks-out",
      "learn/webhooks-in",
      "learn/openapi",
    ],
  },
  {
    folder: "learn",
    label: "In production",
    pages: [
      "learn/settings",
      "learn/deploying",
      "learn/behind-a-proxy",
      "learn/hosting",
      "learn/mail-in-production",
      "learn/backup",
      "learn/upgrading",
      "learn/power",
    ],
  },
  {
    folder: "reference",
    label: "Definition",
    pages: [
      "reference/schema",
      "reference/rules",
      "reference/db",
      "reference/client",
      "reference/auth",
      "reference/oauth",
      "reference/keys",
      "reference/oidc-provider",
      "reference/fetch-safely",
    ],
  },
  {
    folder: "reference",
    label: "API",
    pages: [
      "reference/api/chassis",
      "reference/api/client",
      "reference/api/react",
      "reference/api/mail",
      "reference/api/testing",
    ],
  },
  {
    folder: "reference",
    label: "Over HTTP",
    pages: ["reference/rest-grammar", "reference/errors", "reference/limits", "reference/headers"],
  },
  {
    folder: "reference",
    label: "Running it",
    pages: ["reference/cli", "reference/settings", "reference/logs", "reference/audit", "reference/connections"],
  },
  {
    folder: "reference",
    label: "Security",
    pages: ["reference/asvs", "reference/attacks", "reference/cryptography", "reference/security-reports"],
  },
];
