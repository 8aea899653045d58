import { arithmeticOperators } from "./operators/arithmetic.ts";
import { castOperators } from "./operators/cast.ts";
import { comparisonOperators } from "./operators/comparison.ts";
import { jsonOperators } from "./operators/json.ts";
import { logicOperators } from "./operators/logic.ts";
import { textOperators } from "./operators/text.ts";
import { timeOperators } from "./operators/time.ts";

/** The one table of operators. The type checker, the evaluator, the SQL compiler and the printer read it and list none themselves. */
export const operators: Readonly<
  typeof logicOperators &
    typeof comparisonOperators &
    typeof arithmeticOperators &
    typeof textOperators &
    typeof jsonOperators &
    typeof timeOperators &
    typeof castOperators
> = {
  ...logicOperators,
  ...comparisonOperators,
  ...arithmeticOperators,
  ...textOperators,
  ...jsonOperators,
  ...timeOperators,
  ...castOperators,
};

export type OperatorName = keyof typeof operators;
