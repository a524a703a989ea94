/** Whether this is a valid pattern of names or `ns/name`: 1 to 200 name characters and wildcards, with single slashes between segments. */
export const isGlob = (pattern: string): boolean =>
  pattern.length <= 200 && /^[\w.\-*?]+(?:\/[\w.\-*?]+)*$/.test(pattern) && !pattern.includes('***');
