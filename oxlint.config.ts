import { defineConfig, type OxlintOverride } from "oxlint";

/**
 * Which parts each part of src/ may know. Imports point one way, through the doors that package.json names under `imports`;
 * everything that is not listed here is refused, `import type` included.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  base: [],
  database: ["#contract", "#base"],
  application: ["#contract", "#base", "#database"],
  server: ["#contract", "#base", "#database", "#application"],
  settings: ["#base", "#database", "#application", "#server"],
  platform: ["#contract", "#base", "#database", "#application", "#server", "#config"],
  client: ["#contract", "#data-types"],
  react: ["#client", "#client-calls", "#data-types"],
  cli: ["#contract", "#base", "#database", "#application", "#server", "#platform", "#settings", "#config", "#client"],
  testing: ["#contract", "#base", "#database", "#application", "#server", "#platform", "#config", "#client"],
};

/** The files that stand beside the parts in src/, and the doors that they may use. */
export const compositionFiles: Readonly<Record<string, readonly string[]>> = {
  "config.ts": ["#base", "#application", "#server", "#settings"],
  "open-backend.ts": ["#base", "#application", "#server", "#platform", "#config"],
  "mail.ts": ["#application"],
  "index.ts": ["#contract", "#base", "#database", "#application", "#server", "#platform", "#config"],
};

type RestrictedPattern = Readonly<Record<string, unknown>>;

const parts = Object.keys(layers).join("|");

const relativeCrossing: RestrictedPattern = {
  regex: `^(\\.\\./)+((${parts})/|(${Object.keys(compositionFiles).join("|").replaceAll(".", "\\.")})$)`,
  message: "A part is entered through its door (#database), never by a path into it.",
};
const ownDoor: RestrictedPattern = {
  regex: "^(\\./|(\\.\\./)+)src/",
  message: "src/ is entered through a door (#database) or through the package's name.",
};
const sqliteDriver: RestrictedPattern = {
  group: ["node:sqlite"],
  message: "Only src/database/sqlite knows node:sqlite: everything else works on a Database.",
};
const environment: RestrictedPattern = {
  group: ["node:process"],
  importNames: ["env"],
  message: "Only src/config.ts reads the environment.",
};

function doors(allowed: readonly string[]): RestrictedPattern {
  return {
    group: ["#*", "#*/**", ...allowed.map((door) => `!${door}`)],
    message: `Imports point one way. Allowed here: ${allowed.length === 0 ? "none" : allowed.join(", ")}.`,
  };
}

/** Rules of one name do not add up over overrides, the last one wins: so each override gets the whole list. */
function restrict(files: readonly string[], ...patterns: RestrictedPattern[]): OxlintOverride {
  return { files: [...files], rules: { "no-restricted-imports": ["error", { patterns }] } };
}

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "node", "promise"],
  options: { typeAware: true, reportUnusedDisableDirectives: "error" },
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  ignorePatterns: ["dist", "node_modules", "docs/decisions", "docs/site", "tests/repository/fixtures"],
  rules: {
    // Imports
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "import/no-default-export": "error",
    "import/no-duplicates": "error",
    "typescript/consistent-type-imports": "error",
    "unicorn/prefer-node-protocol": "error",
    "unicorn/filename-case": ["error", { case: "kebabCase" }],
    // Types
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": [
      "error",
      { allowForKnownSafeCalls: [{ from: "package", package: "node:test", name: ["test", "it", "describe", "suite"] }] },
    ],
    "typescript/no-misused-promises": "error",
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "typescript/only-throw-error": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/ban-ts-comment": "error",
    // Shape
    eqeqeq: "error",
    "no-var": "error",
    "prefer-const": "error",
    "max-lines": ["error", { max: 400, skipBlankLines: true }],
    "no-console": "error",
    "node/no-process-env": "error",
    // Off, each for its reason
    "no-await-in-loop": "off", // waiting in turn, one transaction after another, is mostly the point
    "no-shadow": "off", // a function `column` and a parameter `column` are the clearest names for both
    "no-control-regex": "off", // control characters are what the code that names them guards against
    "typescript/consistent-return": "off", // the compiler knows that a switch is exhaustive, this rule does not
    "typescript/no-unsafe-type-assertion": "off", // narrowing what has just been checked
    "typescript/no-unnecessary-type-parameters": "off", // types made for inference need them
    "typescript/no-unnecessary-type-arguments": "off",
    "typescript/no-generated-empty-object-type": "off",
    "typescript/no-misused-spread": "off", // [...text] walks code points, which is what lengths count
    "unicorn/no-thenable": "off", // the `when` expression has a branch `then`, which is data and cannot be called
    "unicorn/require-post-message-target-origin": "off", // of windows; threads have no origin
    "unicorn/no-array-sort": "off", // sorting a list that was just made needs no second copy
    "unicorn/no-array-reverse": "off",
    "unicorn/consistent-function-scoping": "off",
    "import/no-named-as-default-member": "off",
    "oxc/no-async-endpoint-handlers": "off", // Express 5 and Fastify hear of promises that reject; Express 4 did not
    "oxc/no-map-spread": "off",
  },
  overrides: [
    ...Object.entries(layers).map(([part, allowed]) =>
      restrict([`src/${part}/**`], doors(allowed), relativeCrossing, sqliteDriver, environment),
    ),
    restrict(["src/database/sqlite/**"], doors(layers["database"] ?? []), relativeCrossing, environment),
    ...Object.entries(compositionFiles).map(([file, allowed]) =>
      restrict([`src/${file}`], doors(allowed), sqliteDriver, environment),
    ),
    restrict(["tests/**", "benchmarks/**", "tools/**"], ownDoor),
    restrict(["examples/**", "templates/**"], ownDoor, doors([])),
    // Tests may look at what a file holds, without the driver that they are about.
    restrict(["src/database/**/*.test.ts", "src/database/**/property-*.ts"], doors(layers["database"] ?? []), relativeCrossing),
    {
      files: ["src/config.ts", "tests/**", "examples/*/testing/**", "benchmarks/**", "tools/**"],
      rules: { "node/no-process-env": "off" },
    },
    // Their names and forms are those of `chassis migrate plan`.
    { files: ["examples/*/migrations/*.ts"], rules: { "import/no-default-export": "off", "unicorn/filename-case": "off" } },
    { files: ["src/cli/**", "benchmarks/**", "tools/**", "tests/{faults,scan,runtimes}/*.ts"], rules: { "no-console": "off" } },
    {
      files: [
        "*.config.ts",
        "{examples,templates,benchmarks/backends}/*/backend.ts",
        "examples/*/testing/*/backend.ts",
        "tests/faults/{,jobs/,misbehaving/,sending/}backend.ts",
        "tests/jobs/heavy/backend.ts",
      ],
      rules: { "import/no-default-export": "off" },
    },
  ],
});
