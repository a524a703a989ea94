import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { FULL_RUN } from '../support/full-run.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCREENSHOTS = resolve(import.meta.dirname, '../../docs/screenshots');
const GALLERY = readFileSync(join(SCREENSHOTS, 'README.md'), 'utf8');

interface Look {
  readonly theme: 'light' | 'dark';
  readonly width: number;
}

/** Of a phone and of a desk. */
const WIDTHS = [1280, 390] as const;
const EVERY_LOOK = WIDTHS.flatMap((width): Look[] => (['light', 'dark'] as const).map((theme) => ({ theme, width })));
const PICTURES = process.env['SCREENSHOTS'] === '1';

/** Each theme and each width once: a theme changes colours only, a width the layout only. All four with `CI_FULL=1`, and for pictures. */
export const APPEARANCES: readonly Look[] =
  FULL_RUN || PICTURES ? EVERY_LOOK : EVERY_LOOK.filter(({ theme, width }) => (theme === 'light') === (width === 1280));

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/** What axe finds serious or critical on the page as it stands, one line each; empty is good. */
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

/** Does the page stand wider than its window? */
export const overflowsHorizontally = async (page: Page): Promise<boolean> =>
  (await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')) as boolean;

interface Picture {
  readonly naturalWidth: number;
  decode(): Promise<void>;
}

/** How wide a picture is of itself, once it is there. @throws for one that cannot be shown */
export async function imageWidth(page: Page, alt: string): Promise<number> {
  const picture = page.getByAltText(alt, { exact: true });
  await picture.scrollIntoViewIfNeeded();
  return picture.evaluate(async (element) => {
    const image = element as unknown as Picture;
    await image.decode();
    return image.naturalWidth;
  });
}

/**
 * Writes `docs/screenshots/{name}.png` where `SCREENSHOTS=1`; a run that only tests leaves the pictures alone.
 * Pictures that its README.md does not show are for developers: they go to `work/` there, which git ignores.
 */
export async function saveScreenshot(page: Page, name: string): Promise<void> {
  if (!PICTURES) return;
  const file = join(SCREENSHOTS, GALLERY.includes(`(${name}.png)`) ? '' : 'work', `${name}.png`);
  await mkdir(dirname(file), { recursive: true });
  await page.screenshot({ path: file });
}
