import { ChassisError, createClient } from "chassis/client";
import type backend from "./backend.ts";

const api = createClient<typeof backend>();
const form = document.querySelector("form");

async function show(): Promise<void> {
  const greetings = await api.greetings.list({ orderBy: { created: "desc" }, limit: 20, select: ["name", "body"] });
  const items = greetings.map(({ name, body }) => {
    const item = document.createElement("li");
    item.textContent = `${name}: ${body}`;
    return item;
  });
  document.querySelector("ul")?.replaceChildren(...items);
}

async function sign(fields: FormData): Promise<string> {
  try {
    await api.greetings.create({ name: String(fields.get("name")), body: String(fields.get("body")) });
    form?.reset();
    await show();
    return "";
  } catch (error) {
    if (!(error instanceof ChassisError)) throw error;
    return error.fields.map(({ field, message }) => `${field} ${message}`).join("; ") || error.message;
  }
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = await sign(new FormData(form));
  const place = form.querySelector("[role=alert]");
  if (place !== null) place.textContent = problem;
});

await show();
