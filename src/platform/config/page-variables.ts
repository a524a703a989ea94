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
    'Which images and media of other hosts the web pages load from cards and other Markdown files. sources: only those of the source of the repository, also of its subdomains; off: none, they become links',
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
