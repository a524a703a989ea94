import './highlight.css';

/** Above this a browser takes long enough over colours that one would notice. */
const LONGEST = 200_000;

const library = () => import('./highlighter').then(({ highlighter }) => highlighter);

/** Colours an element's text, whose class names the language; unknown languages and very long texts stay plain. */
export async function highlightElement(element: HTMLElement): Promise<void> {
  const language = /language-([\w+#-]+)/.exec(element.className)?.[1];
  if (!language || element.textContent.length > LONGEST) return;
  const highlighter = await library();
  if (!highlighter.getLanguage(language)) return;
  // The library writes its own mark-up of the text, which it has escaped.
  highlighter.highlightElement(element);
}
