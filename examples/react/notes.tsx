import { useMutation, useQuery } from "@tanstack/react-query";
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
      <button onClick={() => void api.auth.signOut()}>Sign out</button>
    </section>
  );
}

function SignIn() {
  const signIn = useMutation({ mutationFn: (input: { email: string; password: string }) => api.auth.signIn(input) });
  return (
    <form
      aria-label="Sign in"
      action={(form) => signIn.mutate({ email: form.get("email") as string, password: form.get("password") as string })}
    >
      <input name="email" type="email" aria-label="Email" />
      <input name="password" type="password" aria-label="Password" />
      <button>Sign in</button>
      {signIn.isError && <p role="alert">{signIn.error.message}</p>}
    </form>
  );
}
