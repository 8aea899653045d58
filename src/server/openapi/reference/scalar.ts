/**
 * Scalar's API reference as this server gives it: one file of the package, unchanged. `node tools/take-scalar.ts <version>` takes another version and writes
 * these lines. docs/decisions/0068-openapi.md says why it lies here.
 */
export const scalar: {
  readonly version: string;
  /** Of the package, as npm has it. */
  readonly packageIntegrity: string;
  /** Of the file, as a page asks for it. */
  readonly integrity: string;
} = {
  version: "1.76.0",
  packageIntegrity: "sha512-pjqwnzmA9YK3ZX+IZSICMsywm4qI6HLSngR2py9H6TvFApHHuJjkTAd+gFJfnqJDzJuro8k7ji6JCtJ2U+Byng==",
  integrity: "sha256-3LAnFSvyC/L23NZuj5+wc8Gp4nTPC5S5OafZmriUcGA=",
};
