/** Whether a hub can have an account of this name. Other names are not looked up at sources. */
export const isAccountName = (name: string): boolean => /^(?!\.)[\w.-]{1,96}$/.test(name);

/** The name as the source writes it if it differs only in case; otherwise the requested name. */
export const sourceSpelling = (requested: string, reported: unknown): string =>
  typeof reported === 'string' && reported.toLowerCase() === requested.toLowerCase() ? reported : requested;
