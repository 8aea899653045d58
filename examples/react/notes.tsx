import { useQuery } from "@tanstack/react-query";
import { api, q } from "./queries.ts";

/** Who is signed in and what they noted, or the way in. */
export function Notes() {
  const session = useQuery(q.session());
  const notes = useQuery({
    ...q.notes.list({ select: ["id", "body"], include: { book: { select: ["title"] } } }),
    enabled: typeof session.data?.user === "string",
  });
  if (session.isPending) return <p>One moment…</p>;
  if (session.data === null || session.isError) return <SignIn />;
  return (
    <section aria-label="Notes">
      <p>{session.data.email}</p>
      <ul>
        {notes.data?.map(({ id, body, book }) => (
          <li key={id}>
            {book?.title}: {body}
          </li>
        ))}
      </ul>
      <button onClick={() => api.auth.signOut()}>Sign out</button>
    </section>
  );
}

function SignIn() {
  return (
    <form
      aria-label="Sign in"
      action={async (form) => {
        await api.auth.signIn({ email: String(form.get("email")), password: String(form.get("password")) });
      }}
    >
      <input name="email" type="email" aria-label="Email" />
      <input name="password" type="password" aria-label="Password" />
      <button>Sign in</button>
    </form>
  );
}
