/** The YAML front matter of a card, between two `---` lines. */
export interface FrontMatter {
  readonly yaml: string;
  /** Line of the file on which `yaml` starts, counted from 1. */
  readonly firstLine: number;
  /** Offset at which the text after the front matter starts. */
  readonly end: number;
}

const OPENING = /^\uFEFF?\s*?---[ \t]*\r?\n/;
const CLOSING = /^---[ \t]*\r?$/m;

/** Finds the front matter of a card. As in the clients, an opening `---` without a closing one is a horizontal rule, not front matter. */
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
