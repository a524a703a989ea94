/**
 * `CI_FULL=1`, before releases and nightly: tests all combinations. By default only those that can differ are tested; comments
 * explain each selection.
 */
export const FULL_RUN = process.env['CI_FULL'] === '1';
