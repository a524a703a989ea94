import type { Page } from 'playwright-core';

/** From here on the window counts how much of a page moves by itself while it loads (the Layout Instability API). */
export async function observeLayoutShifts(page: Page): Promise<void> {
  await page.addInitScript(`
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shifted += value;
    }).observe({ type: 'layout-shift', buffered: true });
  `);
}

/** How much has moved on the page as it stands. */
export const layoutShift = async (page: Page): Promise<number> => (await page.evaluate('window.shifted')) as number;
