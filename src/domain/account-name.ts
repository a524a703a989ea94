/** Can this be the name of an account anywhere? What cannot is not asked for; no name begins with a dot. */
export const isAccountName = (name: string): boolean => /^(?!\.)[\w.-]{1,96}$/.test(name);

/** The source's spelling of a name, as far as only the case differs: an account answers to the name it was asked by. */
export const spelledBy = (asked: string, theirs: unknown): string =>
  typeof theirs === 'string' && theirs.toLowerCase() === asked.toLowerCase() ? theirs : asked;
