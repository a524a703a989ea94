import type { BrowserFixture } from './browser-fixture.js';
import { APPEARANCES, overflowsHorizontally } from './page-checks.js';
import { FULL_RUN } from '../support/full-run.js';
import { layoutShift, observeLayoutShifts } from './layout-shift.js';

/** Main pages, each with a text that shows that it has loaded. */
const PAGES: readonly (readonly [string, string])[] = [
  ['/', 'alice/near'],
  ['/models', 'alice/near'],
  ['/datasets', 'alice/rows'],
  ['/spaces', 'No spaces found'],
  ['/alice', 'alice/near'],
  ['/far-ai', 'Far AI'],
  ['/mia', 'Limited profile'],
  ['/alice/near', 'A note as GitHub has it.'],
  ['/far-ai/shown', 'External model'],
  ['/alice/near/tree/main', 'model.safetensors'],
  ['/alice/near/blob/main/config.json', 'model_type'],
  ['/alice/near/blob/main/model.safetensors', 'embed.weight'],
  ['/datasets/alice/rows/blob/main/rows.csv', 'two, and more'],
  ['/alice/near/metadata', 'base_model'],
  ['/alice/near/commits/main', 'Add files'],
  ['/far-ai/shown/tree/main', 'config.json'],
  ['/far-ai/shown/metadata', 'pipeline_tag'],
  ['/far-ai/guarded', 'This repository is gated'],
  ['/nobody/nothing', 'Not found'],
  ['/settings', 'Profile'],
  ['/new', 'Create'],
];
/** Half of what is considered good (https://web.dev/articles/cls). */
const MAX_LAYOUT_SHIFT = 0.05;
/** Browsers log failed requests as errors, even those that the page handles. */
const HANDLED_STATUSES = /status of (401|403|404|503)/;

export const describeLayoutStability = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;
  beforeAll(() => {
    fixture = shared();
  });

  it.each(FULL_RUN ? APPEARANCES : APPEARANCES.slice(-1))(
    'have a stable layout and no console errors, $theme at $width px',
    async (appearance) => {
      const page = await fixture.view({ ...appearance, as: 'alice' });
      await observeLayoutShifts(page);
      for (const [path, text] of PAGES) {
        await page.goto(path, { waitUntil: 'networkidle' });
        await page.getByText(text).filter({ visible: true }).first().waitFor();
        const shift = await layoutShift(page);
        expect([path, shift < MAX_LAYOUT_SHIFT ? 'stable' : shift]).toEqual([path, 'stable']);
        expect([path, await overflowsHorizontally(page)]).toEqual([path, false]);
        const errors = page.consoleErrors.splice(0).filter((line) => !HANDLED_STATUSES.test(line));
        expect([path, errors]).toEqual([path, []]);
      }
    },
    180_000,
  );
};
