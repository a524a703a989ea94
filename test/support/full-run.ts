/**
 * `CI_FULL=1`, as before a release or at night: every combination is tested. By default only those that can differ are, and each
 * choice says why where it is made.
 */
export const FULL_RUN = process.env['CI_FULL'] === '1';
