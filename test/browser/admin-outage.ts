import type { AdminPage } from './admin-fixture.js';

/**
 * Makes requests to the matching URLs fail, as they do while the hub restarts.
 * @returns a function that restores them
 */
export async function blockRequests(page: AdminPage, addresses: string): Promise<() => Promise<void>> {
  await page.route(addresses, (route) => route.abort('connectionrefused'));
  return () => page.unroute(addresses);
}

/**
 * Expects a page of the portal to report a failed request, and to show its content after "Try again".
 * @param options.answered text that the loaded page shows
 */
export async function expectRecoveryAfterRetry(
  page: AdminPage,
  { path, addresses, answered }: { path: string; addresses: string; answered: string },
): Promise<void> {
  const join = await blockRequests(page, addresses);
  await page.goto(path);
  await page.getByRole('alert').getByRole('heading', { name: 'Hub unreachable' }).waitFor();
  await join();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText(answered, { exact: true }).first().waitFor();
  await page.getByRole('alert').waitFor({ state: 'detached' });
}
