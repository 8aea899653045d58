import { cron, triggersOf, webhooksOf } from "chassis";
import { schema } from "../schema.ts";
import { sendDigests, writeDigest } from "./digest.ts";
import { noticeEditors } from "./notices.ts";

const { trigger } = triggersOf(schema);
const { webhook } = webhooksOf(schema);

/** What happens after an answer: by the clock, and after changes. */
export const jobs = { sendDigests, writeDigest, noticeEditors };

export const crons = {
  /** Mondays at eight, in the time zone of nobody in particular. */
  digest: cron("0 8 * * MON", sendDigests, { input: (planned) => ({ until: planned.toISOString() }) }),
};

export const triggers = {
  newReview: trigger("reviews", { on: ["create", "update"], changed: ["stars", "body"], select: ["id"] }, noticeEditors),
};

/** For whoever wants to be told: `chassis webhooks add https://example.org/hooks examples/pathways --type review.created`. */
export const webhooks = {
  "review.created": webhook("reviews", {
    on: ["create"],
    select: ["id", "school", "stars", "body", "created"],
    orderBy: "school",
  }),
};
