import { ACCOUNT_ROWS } from './account-rows.js';
import type { CoverageRows } from './coverage.js';
import { REFUSED_ROWS } from './refused-rows.js';
import { REPOSITORY_ROWS } from './repository-rows.js';

/** Every request of the clients. `docs/client-coverage.md` is printed from it. */
export const COVERAGE: CoverageRows = { ...REPOSITORY_ROWS, ...ACCOUNT_ROWS, ...REFUSED_ROWS };
