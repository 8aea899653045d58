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
    await api.greetings.create({ name: fields.get("name") as string, body: fields.get("body") as string });
    form?.reset();
    await show();
    return "";
  } catch (error) {
    if (!(error instanceof ChassisError)) throw error;
    return error.fields.map(({ field, message }) => `${field} ${message}`).join("; ") || error.message;
  }
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  void sign(new FormData(form)).then((problem) => form.querySelector("[role=alert]")?.replaceChildren(problem));
});

await show();
