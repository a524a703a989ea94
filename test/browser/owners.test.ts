import { BrowserFixture } from './browser-fixture.js';
import { describeUsage } from './usage-suite.js';
import { describeWebhooks } from './webhooks-suite.js';

// Both suites share one hub. Webhooks are sent to the address of this machine.
let fixture: BrowserFixture;
const shared = (): BrowserFixture => fixture;
beforeAll(async () => {
  fixture = await BrowserFixture.start([], {
    KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
    KOHAKU_HUB_TRUSTED_PROXIES: '127.0.0.1',
  });
  const token = await fixture.person('alice');
  await fixture.person('bob');
  await fixture.organization(token, 'acme', { bob: 'write' });
}, 60_000);
afterAll(() => fixture?.close());

describe('webhooks', () => describeWebhooks(shared));
describe('usage and audit logs', () => describeUsage(shared));
