import { ID_PREFIX } from './prepare-content';

/** A heading of a rendered text. */
export interface Heading {
  /** The hash of its URL, without `#`. */
  readonly id: string;
  readonly title: string;
  readonly level: number;
}

const MAX_HEADINGS = 100;
const MAX_LEVEL = 3;

/** The headings of the first three levels. */
export function headingsOf(content: ParentNode): Heading[] {
  const elements = [...content.querySelectorAll('h1[id], h2[id], h3[id]')].slice(0, MAX_HEADINGS);
  return elements.flatMap((element) => {
    const clone = element.cloneNode(true) as Element;
    for (const anchor of clone.querySelectorAll('.markdown-anchor')) anchor.remove();
    const title = clone.textContent.trim();
    const level = Math.min(MAX_LEVEL, Number(element.tagName.slice(1)));
    return title === '' ? [] : [{ id: element.id.slice(ID_PREFIX.length), title, level }];
  });
}

/** Scrolls to the element with an ID of the text, if there is one. */
export const scrollToId = (id: string): void => document.getElementById(ID_PREFIX + id)?.scrollIntoView();
