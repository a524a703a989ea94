/** In characters. Longer paths cannot be checked out on any system. */
export const MAX_PATH_LENGTH = 4096;

/** Maximum number of paths in a paths-info request, above the limit that the hub documents for clients (2000). */
export const MAX_PATHS = 20_000;
