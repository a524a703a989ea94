import type { BrowserFixture } from './browser-fixture.js';
import { APPEARANCES, overflowsHorizontally } from './page-checks.js';
import { layoutShift, observeLayoutShifts } from './layout-shift.js';

/** Main pages, and a text that is there when all of it is. Not cards: their pictures have no size until they come. */
const PAGES: readonly (readonly [string, string])[] = [
  ['/', 'alice/near'],
  ['/models', 'alice/near'],
  ['/datasets', 'alice/rows'],
  ['/spaces', 'No spaces found'],
  ['/alice', 'alice/near'],
  ['/far-ai', 'Far AI'],
  ['/mia', 'Limited profile'],
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
/** What a good page may move at most (https://web.dev/articles/cls). */
const STILL = 0.1;
/** Browsers complain of answers, too, that a page tells in its own words. */
const ANSWERS_OF_PAGES = /status of (401|403|404|503)/;

export const describeLayoutStability = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;
  beforeAll(() => {
    fixture = shared();
  });

  it.each(APPEARANCES)(
    'stand still while they load, and complain of nothing, $theme at $width px',
    async (look) => {
      const page = await fixture.view({ ...look, as: 'alice' });
      await observeLayoutShifts(page);
      for (const [path, text] of PAGES) {
        await page.goto(path, { waitUntil: 'networkidle' });
        await page.getByText(text).filter({ visible: true }).first().waitFor();
        const moved = await layoutShift(page);
        expect([path, moved < STILL ? 'still' : moved]).toEqual([path, 'still']);
        expect([path, await overflowsHorizontally(page)]).toEqual([path, false]);
        const said = page.complaints.splice(0).filter((line) => !ANSWERS_OF_PAGES.test(line));
        expect([path, said]).toEqual([path, []]);
      }
    },
    180_000,
  );
};
