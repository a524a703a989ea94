import type { HubConfig } from './hub-config.js';
import * as parse from './parsers.js';
import { withDefault } from './variable.js';

/** The web pages. */
export const PAGE_VARIABLES = {
  siteName: withDefault('KOHAKU_HUB_SITE_NAME', 'Hubfall', parse.printable(1, 100), 'Site name shown on the web pages'),
  remoteImages: withDefault(
    'KOHAKU_HUB_REMOTE_IMAGES',
    'all',
    parse.oneOf('off', 'sources', 'all'),
    'Images and media of other hosts that the web pages load from cards and other Markdown files. sources: only from the source of the repository and its subdomains; off: none, they become links',
  ),
};

/** The settings of the web pages in the configuration. */
export const pagesOf = ({
  siteName,
  remoteImages,
}: Pick<HubConfig, 'siteName' | 'remoteImages'>): Pick<HubConfig, 'siteName' | 'remoteImages'> => ({
  siteName,
  remoteImages,
});
