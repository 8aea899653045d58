/** Single numbers that stand for themselves. */
export interface Figures {
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Lines that stand below. */
  readonly notes?: readonly string[];
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  /** The budget, where there is one. */
  readonly atLeast?: number;
  readonly atMost?: number;
}
