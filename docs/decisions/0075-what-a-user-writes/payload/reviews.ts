// task: define
import type { Access, CollectionConfig, NumberFieldSingleValidation } from "payload";
import { number } from "payload/shared";
import { isEditor } from "./users.ts";

// task: guard
const isAuthor: Access = ({ req: { user } }) => (user ? { author: { equals: user.id } } : false);

// task: define
const wholeNumber: NumberFieldSingleValidation = (value, options) =>
  Number.isInteger(value) ? number(value, options) : "A whole number.";

export const Reviews: CollectionConfig = {
  slug: "reviews",
  // task: guard
  access: {
    read: () => true,
    create: ({ req: { user } }) => Boolean(user),
    update: isAuthor,
    delete: (args) => isEditor(args) || isAuthor(args),
  },
  // task: define
  fields: [
    {
      name: "school",
      type: "relationship",
      relationTo: "schools",
      required: true,
      index: true,
      // task: guard
      access: { update: () => false },
      // task: define
    },
    {
      name: "author",
      type: "relationship",
      relationTo: "users",
      required: true,
      index: true,
      defaultValue: ({ user }) => user?.id,
      // task: guard
      access: { create: () => false, update: () => false },
      // task: define
    },
    {
      name: "stars",
      type: "number",
      required: true,
      min: 1,
      max: 5,
      validate: wholeNumber,
    },
    { name: "body", type: "textarea", maxLength: 4000 },
  ],
};
