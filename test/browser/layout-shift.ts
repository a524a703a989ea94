import type { Page } from 'playwright-core';

/** Measures layout shifts without user input while pages load (Layout Instability API). */
export async function observeLayoutShifts(page: Page): Promise<void> {
  await page.addInitScript(`
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shifted += value;
    }).observe({ type: 'layout-shift', buffered: true });
  `);
}

/** The cumulative layout shift of the current page. */
export const layoutShift = async (page: Page): Promise<number> => (await page.evaluate('window.shifted')) as number;
