/** The metadata at the head of a card, between two lines of three dashes. */
export interface FrontMatter {
  readonly yaml: string;
  /** The line of the file, counted from 1, on which `yaml` begins. */
  readonly firstLine: number;
  /** Where the card itself begins. */
  readonly end: number;
}

const OPENING = /^\uFEFF?\s*?---[ \t]*\r?\n/;
const CLOSING = /^---[ \t]*\r?$/m;

/**
 * The front matter of a card; undefined where it has none. Dashes that no second line of dashes closes are a rule across the page, as
 * clients read it, too.
 */
export function frontMatter(card: string): FrontMatter | undefined {
  const opening = OPENING.exec(card)?.[0];
  if (opening === undefined) return undefined;
  const rest = card.slice(opening.length);
  const closing = CLOSING.exec(rest);
  if (!closing) return undefined;
  return {
    yaml: rest.slice(0, closing.index),
    firstLine: opening.split('\n').length,
    end: opening.length + closing.index + closing[0].length,
  };
}
