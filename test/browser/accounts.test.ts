import { describeAccounts } from './accounts-suite.js';
import { BrowserFixture } from './browser-fixture.js';
import { describePageLayout } from './page-layout-suite.js';
import { describeLists } from './lists-suite.js';
import { describeSearch } from './search-suite.js';
import { describeSettings } from './settings-suite.js';
import { describeSignIn } from './sign-in-suite.js';

// All suites share one hub.
let fixture: BrowserFixture;
const shared = (): BrowserFixture => fixture;
beforeAll(async () => {
  fixture = await BrowserFixture.start();
  const token = await fixture.person('alice');
  await fixture.person('bob');
  await fixture.organization(token, 'acme', { bob: 'write' });
}, 60_000);
afterAll(() => fixture?.close());

describe('page layout', () => describePageLayout(shared));
describe('home and lists', () => describeLists(shared));
describe('search', () => describeSearch(shared));
describe('sign-in and sign-up', () => describeSignIn(shared));
describe('settings', () => describeSettings(shared));
// Runs last: it changes alice's profile, and its last test exhausts the rate limit of the source.
describe('account pages', () => describeAccounts(shared));
