import { defineSchema, ref, text } from "chassis";

export const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  posts: {
    author: ref("users").immutable().defaultToActor().onDelete("cascade"),
    title: text().min(1).max(120),
    body: text().min(1).max(10_000),
  },
  comments: {
    post: ref("posts").immutable().onDelete("cascade"),
    author: ref("users").immutable().defaultToActor().onDelete("cascade"),
    body: text().min(1).max(1000),
  },
});
