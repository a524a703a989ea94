import type { HubConfig } from './hub-config.js';
import * as parse from './parsers.js';
import { withDefault } from './variable.js';

/** Accounts, and CI jobs that act without one. */
export const ACCOUNT_VARIABLES = {
  registration: withDefault(
    'KOHAKU_HUB_REGISTRATION',
    'open',
    parse.oneOf('open', 'closed'),
    'open: anyone can create an account; closed: only the administrator can',
  ),
  trustedIssuers: withDefault(
    'KOHAKU_HUB_TRUSTED_ISSUERS',
    'https://token.actions.githubusercontent.com,https://gitlab.com',
    parse.issuerUrls,
    'Comma-separated issuers of the ID tokens of CI jobs that repositories may trust, such as your own GitLab. Tokens must be for KOHAKU_HUB_BASE_URL. none: no tokens are exchanged',
  ),
};

/** The settings of accounts in the configuration. */
export const accountsOf = ({
  registration,
  trustedIssuers,
}: Pick<HubConfig, 'registration' | 'trustedIssuers'>): Pick<HubConfig, 'registration' | 'trustedIssuers'> => ({
  registration,
  trustedIssuers,
});
