/** A request's path as it may be logged: without its query, and without the permission that a link carries in its path. */
export const loggedPath = (url: string): string =>
  url.split('?', 1)[0]!.replace(/^(\/lfs\/(?:upload|verify|download)\/)[^/]+/, '$1[hidden]');
