import { defineBackend } from "chassis";
import { compare } from "./functions.ts";
import { newReviews } from "./mails/new-reviews.ts";
import { reviewNotice } from "./mails/review-notice.ts";
import { routes } from "./routes.ts";
import { rules } from "./rules.ts";
import { schema } from "./schema.ts";
import { seedSchools } from "./schools/seed-schools.ts";
import { logo } from "./site/assets.ts";
import { crons, jobs, triggers, webhooks } from "./work/work.ts";

export default defineBackend(schema, {
  rules,
  auth: {
    keys: true,
    pages: { fields: { name: { label: "Your name", hint: "It stands beside your reviews, for everybody to see." } } },
  },
  functions: { compare },
  jobs,
  crons,
  triggers,
  webhooks,
  mails: { newReviews, reviewNotice },
  mail: {
    from: "Pathways <pathways@example.org>",
    brand: {
      name: "Pathways",
      logo: { src: logo.path, width: 176, height: 44 },
      colour: "#1f3db0",
      footer: "A guide to becoming a back-end developer, and a finder of schools.",
    },
  },
  seed: seedSchools,
  routes,
});
