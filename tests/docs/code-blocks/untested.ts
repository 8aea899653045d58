/**
 * How many blocks of each page say why nothing runs them: `untested="..."`. The test holds these numbers: who adds a block that
 * cannot run raises one, and can be asked whether it could not.
 */
export const untested: Readonly<Record<string, number>> = {
  "docs/learn/deploying.md": 2,
  "docs/learn/hosting.md": 1,
  "docs/learn/testing.md": 2,
  "docs/learn/webhooks-out.md": 1,
  "docs/reference/auth.md": 1,
  "docs/reference/keys.md": 1,
};
