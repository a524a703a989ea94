import { frontMatter } from './front-matter.js';

/** A tsvector is limited to 1 MB, which words of this many bytes do not reach. */
const MAX_TEXT_BYTES = 200_000;

/**
 * The text of a card for the full-text search: without metadata, and without markup that would be in the way in a snippet. The result is text, not HTML. Every
 * expression is bounded, so that it takes linear time.
 */
export function cardText(card: string): string {
  const body = card.slice(frontMatter(card)?.end ?? 0);
  const text = Buffer.from(body).subarray(0, MAX_TEXT_BYTES).toString('utf8');
  return text
    .replaceAll(/<[^<>]{0,500}>/g, ' ')
    .replaceAll(/!?\[([^[\]]{0,500})\]\([^()\s]{0,2000}\)/g, '$1')
    .replaceAll(/[`*#>|~]/g, ' ')
    .replaceAll(/[\s\p{Cc}\uFFFD]+/gu, ' ')
    .trim();
}
