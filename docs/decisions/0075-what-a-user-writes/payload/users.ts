// task: define
import type { CollectionConfig, PayloadRequest } from "payload";

// task: guard
export const isEditor = ({ req: { user } }: { req: PayloadRequest }): boolean => user?.role === "editor";

// task: define
export const Users: CollectionConfig = {
  slug: "users",
  auth: true,
  // task: guard
  access: { create: () => true, update: ({ req: { user } }) => (user ? { id: { equals: user.id } } : false) },
  // task: define
  fields: [
    { name: "name", type: "text", required: true, maxLength: 80 },
    // task: guard
    { name: "role", type: "select", options: ["editor"], access: { create: () => false, update: () => false } },
    // task: define
  ],
};
