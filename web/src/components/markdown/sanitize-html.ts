import DOMPurify from 'dompurify';

/** Elements that a text may have: no form, no frame, no style, no script, no drawing that could hold one. */
const TAGS = (
  'a abbr audio b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure ' +
  'font h1 h2 h3 h4 h5 h6 hr i img input ins kbd label li mark ol p picture pre q rp rt ruby s samp section small source span ' +
  'strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var video wbr'
).split(' ');

/** No `style`: a text could lay itself over the page. No event, no target of a form. */
const ATTRIBUTES = (
  'abbr align alt checked cite class color colspan controls datetime dir disabled headers height href id lang loop media muted open ' +
  'poster reversed rowspan scope span src srcset start title type valign value width'
).split(' ');

/** Addresses that go somewhere and run nothing. */
const ADDRESSES = /^(?:https?:|mailto:|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i;

/** Our own names would look like ours: of an author's classes only those stay that tell what Markdown itself says. */
const CLASSES =
  /^(?:language-[\w+#-]+|contains-task-list|task-list-item|footnotes|footnote-ref|markdown-alert(?:-\w+)?)$/;

const purifier = DOMPurify(window);

purifier.addHook('beforeSanitizeAttributes', (element) => {
  if (!(element instanceof HTMLElement)) return;
  const { textAlign } = element.style;
  if (textAlign && /^T[HD]$/.test(element.tagName)) element.setAttribute('align', textAlign);
});

purifier.addHook('uponSanitizeAttribute', (_, attribute) => {
  if (attribute.attrName !== 'class') return;
  attribute.attrValue = attribute.attrValue
    .split(/\s+/)
    .filter((name) => CLASSES.test(name))
    .join(' ');
});

/**
 * A stranger's HTML as nodes that run nothing, look like nothing of ours, and clobber no name: ids get the prefix `user-content-`.
 */
export function sanitizeHtml(html: string): DocumentFragment {
  const fragment = purifier.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOWED_URI_REGEXP: ADDRESSES,
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
