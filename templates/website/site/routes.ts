import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ActorOf, AppError, type Db, type FetchHandler, type RouteContext } from "chassis";
import type { schema } from "../schema.ts";
import { emptyForm, problemsIn, readForm } from "./forms.ts";
import { type Page, respond, seeOther, type Viewer } from "./layout.ts";
import { editorPage, homePage, messagePage, postPage } from "./pages.ts";

type Schema = typeof schema;

/** What a page is made from: who asks, the data as they may see and change it, and what they sent. */
interface Visit {
  readonly me: ActorOf<Schema> | null;
  readonly db: Db<Schema>;
  readonly viewer: Viewer;
  /** The id in the address. */
  readonly id: string;
  readonly form: Readonly<Record<string, string>>;
}

interface Route {
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  readonly answer: (visit: Visit) => Promise<Page | Response>;
}

const table: readonly Route[] = [
  { method: "GET", path: /^\/$/, answer: home },
  { method: "GET", path: /^\/write$/, answer: write },
  { method: "POST", path: /^\/write$/, answer: publish },
  { method: "GET", path: /^\/posts\/([^/]+)$/, answer: (visit) => showPost(visit) },
  { method: "GET", path: /^\/posts\/([^/]+)\/edit$/, answer: edit },
  { method: "POST", path: /^\/posts\/([^/]+)\/edit$/, answer: change },
  { method: "POST", path: /^\/posts\/([^/]+)\/delete$/, answer: deletePost },
  { method: "POST", path: /^\/posts\/([^/]+)\/comments$/, answer: comment },
  { method: "POST", path: /^\/comments\/([^/]+)\/delete$/, answer: deleteComment },
];

const files: Readonly<Record<string, readonly [name: string, type: string]>> = {
  "/style.css": ["style.css", "text/css; charset=utf-8"],
  "/icon.svg": ["icon.svg", "image/svg+xml"],
};

/** The pages as one fetch handler. Forms of other sites do not come this far: the server refuses them. */
export function routes(app: RouteContext<Schema>): FetchHandler {
  return async (request) => {
    const { pathname } = new URL(request.url);
    const file = files[pathname];
    if (file !== undefined) return asset(...file);
    let viewer: Viewer = null;
    try {
      const { me, db } = await app.as(request);
      const user = me && (await db.users.get(me.id));
      viewer = me && { id: me.id, name: user?.name ?? "Account" };
      const method = request.method === "HEAD" ? "GET" : request.method;
      for (const route of table) {
        const match = route.path.exec(pathname);
        if (match === null || route.method !== method) continue;
        const form = method === "POST" ? await readForm(request) : {};
        const answer = await route.answer({ me, db, viewer, id: match[1] ?? "", form });
        return answer instanceof Response ? answer : respond(answer, viewer);
      }
      return respond(messagePage("Not found", "There is no such page.", 404), viewer);
    } catch (error) {
      return failure(error, app, viewer);
    }
  };
}

function asset(name: string, type: string): Response {
  return new Response(readFileSync(join(import.meta.dirname, name)), {
    headers: { "content-type": type, "cache-control": "no-cache" },
  });
}

/** What is refused is said; what nobody foresaw is logged, and shown as no more than that something broke. */
function failure(error: unknown, app: RouteContext<Schema>, viewer: Viewer): Response {
  if (!(error instanceof AppError) || error.error === "internal") {
    app.logger.error({ err: error }, "A page failed.");
    return respond(messagePage("Something broke", "It was not you. Please try again in a moment.", 500), viewer);
  }
  if (error.status === 401) return seeOther("/auth/sign-in?to=/");
  // An id that is none leads nowhere, as one that belongs to nothing does.
  if (error.status === 400 || error.status === 404)
    return respond(messagePage("Not found", "There is no such page.", 404), viewer);
  return respond(messagePage("That was refused", error.message, error.status), viewer);
}

const author = { author: { select: ["id", "name"] } } as const;

async function home({ db, viewer }: Visit): Promise<Page> {
  return homePage(await db.posts.list({ include: author, orderBy: { created: "desc" }, limit: 30 }), viewer);
}

async function write({ me }: Visit): Promise<Page | Response> {
  return me === null ? seeOther("/auth/sign-in?to=/write") : editorPage("/write", emptyForm);
}

async function publish({ db, form: values }: Visit): Promise<Page | Response> {
  try {
    const post = await db.posts.create({ title: values["title"] ?? "", body: values["body"] ?? "" });
    return seeOther(`/posts/${post.id}`);
  } catch (error) {
    return editorPage("/write", { values, problems: problemsIn(error) });
  }
}

async function showPost({ db, id, viewer }: Visit, form = emptyForm): Promise<Page> {
  const post = await db.posts.get(id, { include: author });
  if (post === null) throw new AppError("notFound");
  const comments = await db.comments.list({ where: { post: id }, include: author, orderBy: { created: "asc" } });
  return postPage(post, comments, { viewer, form });
}

async function edit({ db, me, id }: Visit): Promise<Page> {
  const post = await db.posts.get(id);
  // The rule would refuse the change; whoever may not make it need not type it first.
  if (post === null || post.author !== me?.id) throw new AppError("notFound");
  return editorPage(`/posts/${id}/edit`, { values: { title: post.title, body: post.body }, problems: {} });
}

async function change({ db, id, form: values }: Visit): Promise<Page | Response> {
  try {
    await db.posts.update(id, { title: values["title"] ?? "", body: values["body"] ?? "" });
    return seeOther(`/posts/${id}`);
  } catch (error) {
    return editorPage(`/posts/${id}/edit`, { values, problems: problemsIn(error) });
  }
}

async function deletePost({ db, id }: Visit): Promise<Response> {
  await db.posts.delete(id);
  return seeOther("/");
}

async function comment(visit: Visit): Promise<Page | Response> {
  const { db, id, form: values } = visit;
  try {
    await db.comments.create({ post: id, body: values["body"] ?? "" });
    return seeOther(`/posts/${id}`);
  } catch (error) {
    return showPost(visit, { values, problems: problemsIn(error) });
  }
}

async function deleteComment({ db, id }: Visit): Promise<Response> {
  const found = await db.comments.get(id);
  if (found === null || !(await db.comments.delete(id))) throw new AppError("notFound");
  return seeOther(`/posts/${found.post}`);
}
