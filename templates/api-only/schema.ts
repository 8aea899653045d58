import { date, defineSchema, enums, ref, text } from "chassis";

export const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  projects: {
    owner: ref("users").immutable().defaultToActor().onDelete("cascade"),
    name: text().min(1).max(120),
  },
  tasks: {
    project: ref("projects").immutable().onDelete("cascade"),
    title: text().min(1).max(200).search(),
    state: enums("open", "done").default("open"),
    due: date().optional().index(),
  },
});
