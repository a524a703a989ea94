/**
 * The path, query and fragment of a URL of this hub. Slashes at the start are merged: a link such as `/..//host/x` has the path `//host/x`,
 * which the browser would take for another host.
 */
export const localPath = ({ pathname, search, hash }: Pick<URL, 'pathname' | 'search' | 'hash'>): string =>
  pathname.replace(/^\/{2,}/, '/') + search + hash;
