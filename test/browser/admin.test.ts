import { describeAdminAccounts } from './admin-accounts-suite.js';
import { describeCachedFiles } from './admin-cached-files-suite.js';
import { describeCache } from './admin-cache-suite.js';
import { describePrefetch } from './admin-prefetch-suite.js';
import { describeAdminSignIn } from './admin-sign-in-suite.js';
import { describeAdminAppearance } from './admin-appearance-suite.js';
import { describeOverview } from './admin-overview-suite.js';
import { describeRepositories } from './admin-repositories-suite.js';
import { AdminFixture } from './admin-fixture.js';

// All suites share one hub with sources and accounts: starting it takes longer than most of these tests.
let admin: AdminFixture;
const shared = (): AdminFixture => admin;
beforeAll(async () => {
  admin = await AdminFixture.start({}, async (fixture) => {
    const token = await fixture.person('alice');
    await fixture.person('bob');
    await fixture.organization(token, 'acme', {});
    await fixture.repository(token, 'model', 'alice/near', { 'README.md': '# Near\n' });
    await fixture.repository(token, 'model', 'alice/goes', { 'big.bin': Buffer.alloc(100_000, 1) });
    await fixture.repository(token, 'dataset', 'acme/rows', { 'rows.csv': 'a,b\n1,2\n' });
  });
}, 60_000);
afterAll(() => admin?.close());

// Runs first, while all sources are healthy and the cache is empty.
describe('admin: overview', () => describeOverview(shared));
describe('admin: cache', () => describeCache(shared));
describe('admin: cached files', () => describeCachedFiles(shared));
describe('admin: prefetch', () => describePrefetch(shared));
describe('admin: repositories', () => describeRepositories(shared));
describe('admin: appearance', () => describeAdminAppearance(shared));
// Creates more accounts than fit on one page.
describe('admin: accounts', () => describeAdminAccounts(shared));
// Runs last, because its failed attempts block all sign-ins.
describe('admin: sign-in', () => describeAdminSignIn(shared));
