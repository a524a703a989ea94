/**
 * The state of the name of a local repository or account: no source has it (`free`), it hides the same name at a source (`shadows`), or a
 * source could not be asked (`unverified`).
 */
export const NAME_STATES = ['free', 'shadows', 'unverified'] as const;
export type NameState = (typeof NAME_STATES)[number];

/** The result of checking a name at the sources. */
export interface NameCheck {
  readonly state: NameState;
  /** The source that has the name; null unless the state is `shadows`. */
  readonly source: string | null;
}

/** Numbers of local names. */
export interface NameCounts {
  readonly shadows: number;
  readonly unverified: number;
  /** Names that will be checked, for the first time or again. */
  readonly due: number;
}
