// task: query
import { stringify } from "qs-esm";
import type { Review } from "./payload-types.ts";

const query = stringify({
  where: { stars: { greater_than_equal: 4 }, "school.country": { equals: "nl" } },
  sort: "-createdAt",
  limit: 20,
  depth: 1,
  populate: { schools: { name: true }, users: { name: true } },
});
const response = await fetch(`http://localhost:3000/api/reviews?${query}`);
const { docs: reviews }: { docs: Review[] } = await response.json();
