import type { HubError } from '../../domain/hub-error.js';
import type { UrlBuilder } from '../../domain/url-builder.js';

/** Adds the address of the page that an error refers to, under the name by which the client reaches the hub. */
export function withPage(error: HubError, urls: UrlBuilder | undefined): HubError {
  const { visit, ...facts } = error.facts;
  if (!visit || !urls) return error;
  return error.withMessage(`${error.message} Visit ${urls.repo(visit.repo)} to ${visit.to}.`, facts);
}
