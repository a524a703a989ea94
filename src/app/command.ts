/** The output of a command, and the exit code of the process. */
export interface CommandResult {
  readonly output: string;
  readonly code: number;
}

/** A one-off command. */
export interface Command {
  /** Whether it stores something in the data directory, which is then checked first. */
  readonly usesDataDir: boolean;
  readonly run: (args: readonly string[]) => Promise<CommandResult>;
}
