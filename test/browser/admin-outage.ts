import type { AdminPage } from './admin-fixture.js';

/** Cuts a window off from the addresses that match, as a hub does that is started anew. @returns what joins it again */
export async function blockRequests(page: AdminPage, addresses: string): Promise<() => Promise<void>> {
  await page.route(addresses, (route) => route.abort('connectionrefused'));
  return () => page.unroute(addresses);
}

/** A page of the portal whose question fails says so, and has its answer when asked again. @param answered a text of it */
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
