/** Default avatars of huggingface.co are gradients and blurred shapes of a few kilobytes. */
const MAX_BYTES = 32 * 1024;
const MAX_ELEMENTS = 100;
/** Each effect is a pass over all pixels. */
const MAX_EFFECTS = 12;

const SHAPES = 'svg g defs title rect circle ellipse line polyline polygon path linearGradient radialGradient stop';
const EFFECTS = 'mask clipPath filter feFlood feBlend feGaussianBlur feColorMatrix feOffset feComposite';
const ELEMENTS: ReadonlySet<string> = new Set(`${SHAPES} ${EFFECTS}`.split(' '));

const ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'xmlns xmlns:xlink version id role width height viewBox preserveAspectRatio x y x1 y1 x2 y2 cx cy r rx ry fx fy d points ' +
    'transform fill fill-rule fill-opacity stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin opacity offset ' +
    'stop-color stop-opacity gradientUnits gradientTransform spreadMethod mask maskUnits mask-type clip-path clip-rule ' +
    'clipPathUnits filter filterUnits color-interpolation-filters in in2 result mode type values operator stdDeviation ' +
    'flood-color flood-opacity dx dy shape-rendering'
  ).split(' '),
);

/** Only UTF-8 is accepted: in another encoding, the same bytes could be different markup. */
const DECLARATION =
  /^\ufeff?\s*(?:<\?xml\s+version="1\.0"(?:\s+encoding="utf-8")?(?:\s+standalone="(?:yes|no)")?\s*\?>\s*)?/i;

const TAG = /<(\/?)([A-Za-z]+)((?:\s+[\w:-]+\s*=\s*(?:"[^"<>&]*"|'[^'<>&]*'))*)\s*\/?>/y;
/** Sticky, like `TAG`: every attribute begins where the previous one ended. */
const ATTRIBUTE = /\s+([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/gy;

/**
 * Whether an SVG is safe and cheap to render: only known shapes and attributes, no references to anything outside the file, and no script,
 * style, text, entity or repetition.
 */
export function isPlainSvg(bytes: Uint8Array): boolean {
  if (bytes.length > MAX_BYTES) return false;
  const text = Buffer.from(bytes).toString('utf8').replace(DECLARATION, '');
  if (!text.startsWith('<svg')) return false;
  let [elements, effects] = [0, 0];
  for (let at = 0; at < text.length;) {
    TAG.lastIndex = at;
    const [tag, end, name, attributes] = TAG.exec(text) ?? [];
    if (tag === undefined || !ELEMENTS.has(name!) || !areAllowed(attributes!)) return false;
    if (end === '') elements++;
    effects += countEffects(end!, name!, attributes!);
    if (elements > MAX_ELEMENTS || effects > MAX_EFFECTS) return false;
    const next = text.indexOf('<', TAG.lastIndex);
    const between = text.slice(TAG.lastIndex, next < 0 ? undefined : next);
    if (between.includes('&') || between.includes('>')) return false;
    at = next < 0 ? text.length : next;
  }
  return true;
}

/** Whether all attributes are known and their URLs only refer to fragments of the same file. */
function areAllowed(attributes: string): boolean {
  return [...attributes.matchAll(ATTRIBUTE)].every(([, name = '', double, single]) => {
    const value = double ?? single ?? '';
    return ATTRIBUTES.has(name) && !/url\s*\(/i.test(value.replace(/^\s*url\(\s*#[\w.-]+\s*\)\s*$/, ''));
  });
}

const countEffects = (end: string, name: string, attributes: string): number =>
  end === '' && (name.startsWith('fe') || /\b(?:mask|filter|clip-path)\s*=/.test(attributes)) ? 1 : 0;
