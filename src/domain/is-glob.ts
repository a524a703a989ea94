/** Whether this is a valid pattern of names or `ns/name`: 1 to 200 name characters and wildcards, with single slashes between segments. */
export const isGlob = (pattern: string): boolean =>
  pattern.length <= 200 && /^[\w.\-*?]+(?:\/[\w.\-*?]+)*$/.test(pattern) && !pattern.includes('***');

/** Whether this is a valid pattern of paths: 1 to 200 printable characters, with single slashes between segments and none at the ends. */
export const isPathGlob = (pattern: string): boolean =>
  pattern.length > 0 &&
  pattern.length <= 200 &&
  !/[\p{Cc}\p{Cs}\\]/u.test(pattern) &&
  !pattern.split('/').includes('') &&
  !pattern.includes('***');
