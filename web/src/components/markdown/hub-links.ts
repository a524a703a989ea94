/** Names of huggingface.co. */
const HUB_HOSTS = new Set(['huggingface.co', 'www.huggingface.co', 'hf.co']);

/** First segments of pages of huggingface.co that are not repositories or accounts. */
const OTHER_PAGES = new Set(
  (
    'about api assets avatars blog brand chat changelog code-of-conduct collections contact contact-sales content-guidelines docs endpoints ' +
    'enterprise front grants hardware inference inference-api inference-endpoints inference-providers jobs join js kernels landing learn login ' +
    'metrics-explorer notifications oauth organizations papers posts pricing privacy settings shop storage subscribe support tasks terms-of-service transformers'
  ).split(' '),
);

/**
 * The path of a repository, file or account on this hub to which a URL of huggingface.co leads, so that cards are whole in closed networks; `undefined` for other URLs.
 *
 * @param url - an absolute URL
 */
export function pathOfHubUrl(url: URL): string | undefined {
  if (!HUB_HOSTS.has(url.hostname) || !/^https?:$/.test(url.protocol) || url.port !== '') return undefined;
  const [first = ''] = url.pathname.slice(1).split('/');
  if (first === '' || OTHER_PAGES.has(first.toLowerCase())) return undefined;
  return url.pathname + url.search + url.hash;
}
