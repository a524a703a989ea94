/** Removes all slashes at the end of a text. An expression such as `/\/+$/` would take quadratic time for many slashes elsewhere. */
export function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}
