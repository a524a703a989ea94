/**
 * Parses a URL; `undefined` if it is invalid. `URL.canParse` cannot be used: in Node.js 20, once it is optimized, it rejects URLs with Latin-1
 * characters, such as `https://hüb.example`.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
