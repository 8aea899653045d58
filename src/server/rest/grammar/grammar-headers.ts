/** The headers that the data API reads: they say how a request is to be understood and answered, and nothing of who asks. */
export const grammarHeaders = [
  "accept",
  "accept-profile",
  "content-profile",
  "content-type",
  "if-match",
  "if-none-match",
  "prefer",
  "range",
  "range-unit",
] as const;
