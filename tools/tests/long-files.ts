/**
 * What takes long by its nature, and why: `npm run test:long` runs it, and `npm test` does not. Patterns of globs. What is left of `npm test` has to
 * take less than five minutes on two processors, so a new test that starts a browser, other programs or many servers gets its line here.
 */
export const longFiles: Readonly<Record<string, string>> = {
  "tests/faults/fault-*.test.ts":
    "disks, clocks and signals of servers in processes of their own: most of it is waiting for them",
  "tests/histories/{product/histories,broken/misuse}.test.ts":
    "a hundred random histories of a server, and what the checker must find",
  "examples/pathways/pathways.test.ts": "a browser walks through all of the example's pages",
  "examples/pathways/accounts.test.ts": "eight commands and a server, one after another",
  "tests/auth/{keys-page,new-user,oauth-pages,organisation-pages,pages,passkeys,provider-browser}.test.ts":
    "a browser walks through the pages",
  "tests/cli/website-template.test.ts": "a browser, on what `chassis create` makes",
  "tests/mail/{mailbox,rendering}.test.ts": "a browser looks at mails",
  "tests/openapi/reference-page.test.ts": "a browser reads the page of the API",
  "tests/{client,react}/browser.test.ts": "a browser runs the client",
  "tests/examples/page.test.ts": "a browser, on what esbuild makes",
  "tests/openapi/python-client.test.ts": "a client in Python is made and installed",
  "tests/repository/package.test.ts": "the package is built, packed and installed",
  "tests/docs/code-blocks/code-blocks.test.ts": "every block of code in the documents is followed",
  "src/cli/create/create{,-refused}.test.ts": "projects are made, of a package that is built for them",
};
