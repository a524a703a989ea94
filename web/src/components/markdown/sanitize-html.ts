import DOMPurify from 'dompurify';
import { safeStyles } from './safe-styles';

/** Allowed elements: no forms, frames, styles or scripts, and no SVG, which can contain scripts. */
const ALLOWED_TAGS = (
  'a abbr audio b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure ' +
  'font h1 h2 h3 h4 h5 h6 hr i img input ins kbd label li mark ol p picture pre q rp rt ruby s samp section small source span ' +
  'strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var video wbr'
).split(' ');

/** No event handlers and no form targets. `style` keeps its safe declarations only. */
const ALLOWED_ATTR = (
  'abbr align alt checked cite class color colspan controls datetime dir disabled headers height href id lang loop media muted open ' +
  'poster reversed rowspan scope span src srcset start style title type valign value width'
).split(' ');

/** URLs that cannot run code. */
const ALLOWED_URI_REGEXP = /^(?:https?:|mailto:|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i;

/** Only classes that Markdown itself produces: with the app's own classes, Markdown could imitate the page. */
const ALLOWED_CLASSES =
  /^(?:language-[\w+#-]+|contains-task-list|task-list-item|footnotes|footnote-ref|markdown-alert(?:-\w+)?|markdown-gallery|math-inline|math-block)$/;

const purifier = DOMPurify(window);

purifier.addHook('beforeSanitizeAttributes', (element) => {
  if (!(element instanceof HTMLElement)) return;
  const { textAlign } = element.style;
  if (textAlign && /^T[HD]$/.test(element.tagName)) element.setAttribute('align', textAlign);
});

purifier.addHook('uponSanitizeAttribute', (element, attribute) => {
  if (attribute.attrName === 'style') attribute.attrValue = safeStyles((element as HTMLElement).style);
  if (attribute.attrName !== 'class') return;
  attribute.attrValue = attribute.attrValue
    .split(/\s+/)
    .filter((name) => ALLOWED_CLASSES.test(name))
    .join(' ');
});

/** Sanitizes untrusted HTML: it runs no code, cannot imitate the page, and its ids get the prefix `user-content-` against DOM clobbering. */
export function sanitizeHtml(html: string): DocumentFragment {
  const fragment = purifier.sanitize(html, {
    ALLOWED_TAGS,
    ALLOWED_ATTR,
    ALLOWED_URI_REGEXP,
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
    SANITIZE_NAMED_PROPS: true,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const input of fragment.querySelectorAll('input')) {
    if (input.type !== 'checkbox') input.remove();
    input.disabled = true;
  }
  return fragment;
}
