/** What one setting is: every reader, the command line and docs/reference/settings.md take it from here. */
export interface Setting<T> {
  readonly variable: string;
  readonly type: string;
  readonly default: T;
  readonly description: string;
  /** Gives the value, or throws an error whose message says what was expected. */
  readonly parse: (text: string) => T;
}
