/** Is it a supervisor or Prometheus who asks? They come every few seconds, and nobody wants to read of it. */
export const isWatching = (url = ''): boolean => /^\/(health\/|metrics([?]|$))/.test(url);
