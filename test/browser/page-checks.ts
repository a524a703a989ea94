import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { FULL_RUN } from '../support/full-run.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCREENSHOTS = resolve(import.meta.dirname, '../../docs/screenshots');
const GALLERY = readFileSync(join(SCREENSHOTS, 'README.md'), 'utf8');

interface Appearance {
  readonly theme: 'light' | 'dark';
  readonly width: number;
}

/** A desktop and a phone. */
const WIDTHS = [1280, 390] as const;
const ALL_APPEARANCES = WIDTHS.flatMap((width): Appearance[] =>
  (['light', 'dark'] as const).map((theme) => ({ theme, width })),
);
const SCREENSHOTS_ENABLED = process.env['SCREENSHOTS'] === '1';

/** Each theme and each width once: themes only change colors, widths only the layout. All four with `CI_FULL=1`, and for screenshots. */
export const APPEARANCES: readonly Appearance[] =
  FULL_RUN || SCREENSHOTS_ENABLED
    ? ALL_APPEARANCES
    : ALL_APPEARANCES.filter(({ theme, width }) => (theme === 'light') === (width === 1280));

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/** Serious and critical violations that axe finds on the page, one line each. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate(`axe.run({ resultTypes: ['violations'] })`)) as {
    violations: Violation[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
    );
}

/** Whether the page is wider than its viewport. */
export const overflowsHorizontally = async (page: Page): Promise<boolean> =>
  (await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')) as boolean;

interface ImageElement {
  readonly naturalWidth: number;
  decode(): Promise<void>;
}

/**
 * The natural width of an image, after it has loaded.
 * @throws when it cannot be decoded
 */
export async function imageWidth(page: Page, alt: string): Promise<number> {
  const locator = page.getByAltText(alt, { exact: true });
  await locator.scrollIntoViewIfNeeded();
  return locator.evaluate(async (element) => {
    const image = element as unknown as ImageElement;
    await image.decode();
    return image.naturalWidth;
  });
}

/**
 * Writes `docs/screenshots/{name}.png` if `SCREENSHOTS=1`.
 * Screenshots that its README.md does not include go to `docs/screenshots/work/`, which git ignores.
 */
export async function saveScreenshot(page: Page, name: string): Promise<void> {
  if (!SCREENSHOTS_ENABLED) return;
  const file = join(SCREENSHOTS, GALLERY.includes(`(${name}.png)`) ? '' : 'work', `${name}.png`);
  await mkdir(dirname(file), { recursive: true });
  await page.screenshot({ path: file });
}
