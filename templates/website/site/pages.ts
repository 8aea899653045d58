import { emptyForm, type Form, field } from "./forms.ts";
import { html, type Html } from "./html.ts";
import type { Page, Viewer } from "./layout.ts";

interface Writing {
  readonly id: string;
  readonly body: string;
  readonly created: string;
  readonly author: { readonly id: string; readonly name: string } | null;
}

export interface Post extends Writing {
  readonly title: string;
}

export function homePage(posts: readonly Post[], viewer: Viewer): Page {
  const main =
    posts.length === 0 ? welcome(viewer) : html`<h1>What people write</h1><ul class="posts">${posts.map(postItem)}</ul>`;
  return { title: "My site", main };
}

export function postPage(
  post: Post,
  comments: readonly Writing[],
  { viewer, form = emptyForm }: { readonly viewer: Viewer; readonly form?: Form },
): Page {
  const isOwn = viewer !== null && viewer.id === post.author?.id;
  const main = html`<article>
  <h1>${post.title}</h1>
  ${byline(post)}
  <div class="text">${post.body}</div>
  ${isOwn && html`<div class="actions"><a class="button" href="/posts/${post.id}/edit">Edit</a> ${deleteButton(`/posts/${post.id}/delete`, "Delete this post")}</div>`}
</article>
<section aria-labelledby="comments">
  <h2 id="comments">${comments.length === 1 ? "1 comment" : `${comments.length} comments`}</h2>
  <ul class="comments">${comments.map((comment) => commentItem(comment, isOwn || (viewer !== null && viewer.id === comment.author?.id)))}</ul>
  ${
    viewer === null
      ? html`<p><a href="/auth/sign-in?to=/posts/${post.id}">Sign in</a> to say something.</p>`
      : html`<form method="post" action="/posts/${post.id}/comments">
    ${field({ name: "body", label: "Your comment", rows: 3, maximum: 1000 }, form)}
    <p><button class="button main">Send</button></p>
  </form>`
  }
</section>`;
  return { title: post.title, main, status: hasProblems(form) ? 422 : 200 };
}

/** The form for a new post, or for one that is there. */
export function editorPage(action: string, form: Form): Page {
  const title = action === "/write" ? "Write" : "Edit";
  const main = html`<h1>${title}</h1>
<form method="post" action="${action}">
  ${field({ name: "title", label: "Title", rows: 1, maximum: 120 }, form)}
  ${field({ name: "body", label: "Text", rows: 12, maximum: 10_000 }, form)}
  <p><button class="button main">Publish</button></p>
</form>`;
  return { title, main, status: hasProblems(form) ? 422 : 200 };
}

export function messagePage(title: string, text: string, status: number): Page {
  return { title, main: html`<h1>${title}</h1><p>${text}</p><p><a href="/">To the first page</a></p>`, status };
}

function hasProblems({ problems }: Form): boolean {
  return Object.keys(problems).length > 0;
}

function welcome(viewer: Viewer): Html {
  return html`<div class="welcome">
  <h1>It runs.</h1>
  <p>Tables, rules, sign-in and these pages are one small project, and all of it is yours to change.</p>
  <ol>
    <li>${viewer === null ? html`<a href="/auth/sign-up?to=/">Sign up</a>: the mail with the link is in the mailbox of <code>npm run dev</code>, at <code>/dev/mailbox</code>.` : "You are signed in."}</li>
    <li>${viewer === null ? "Write the first post." : html`<a href="/write">Write the first post.</a>`}</li>
    <li>Change <code>site/pages.ts</code> or <code>schema.ts</code>, save, and load this page again.</li>
  </ol>
</div>`;
}

function postItem(post: Post): Html {
  const { id, title, body } = post;
  return html`<li><h2><a href="/posts/${id}">${title}</a></h2>${byline(post)}<p>${body.length > 200 ? `${body.slice(0, 200)}…` : body}</p></li>`;
}

function commentItem(comment: Writing, mayDelete: boolean): Html {
  return html`<li>${byline(comment)}<div class="text">${comment.body}</div>${mayDelete && deleteButton(`/comments/${comment.id}/delete`, "Delete this comment")}</li>`;
}

function byline({ author, created }: Writing): Html {
  const day = created.slice(0, 10);
  return html`<p class="byline">${author?.name ?? "Somebody"}, <time datetime="${day}">${day}</time></p>`;
}

function deleteButton(action: string, label: string): Html {
  return html`<form method="post" action="${action}"><button class="plain">${label}</button></form>`;
}
