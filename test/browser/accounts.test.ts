import { describeAccounts } from './accounts-suite.js';
import { BrowserFixture } from './browser-fixture.js';
import { describePageLayout } from './page-layout-suite.js';
import { describeLists } from './lists-suite.js';
import { describeSettings } from './settings-suite.js';
import { describeSignIn } from './sign-in-suite.js';

// One hub for what surrounds repositories: the frame of all pages, lists, signing in, settings and accounts.
let fixture: BrowserFixture;
const shared = (): BrowserFixture => fixture;
beforeAll(async () => {
  fixture = await BrowserFixture.start();
  const token = await fixture.person('alice');
  await fixture.person('bob');
  await fixture.organization(token, 'acme', { bob: 'write' });
}, 60_000);
afterAll(() => fixture?.close());

describe('the frame of all pages', () => describePageLayout(shared));
describe('home and lists', () => describeLists(shared));
describe('signing in and up', () => describeSignIn(shared));
describe('settings', () => describeSettings(shared));
// last: alice has a profile from here on, and the source limits requests in the end
describe('pages of accounts', () => describeAccounts(shared));
