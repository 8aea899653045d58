/** How a command ends: 0 done, 1 could not be done, 2 not understood. */
export type ExitCode = 0 | 1 | 2;
