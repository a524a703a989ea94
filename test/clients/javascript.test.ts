import { fileDownloadInfo } from '@huggingface/hub';
import { HubFixture } from './hub-fixture.js';
import { describeJavascript } from './javascript-suite.js';
import { isBlob } from '../support/fake-repo.js';

// @huggingface/hub with an access token of the hub.
let fixture: HubFixture;
beforeAll(async () => {
  // The hub proxies this client's downloads, and the fake CDN has a loopback address.
  fixture = await HubFixture.start({}, { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' });
});
afterAll(() => fixture?.close());

describe('@huggingface/hub through the hub', () => {
  describeJavascript(() => ({
    huggingFace: fixture.huggingFace,
    settings: { endpoint: fixture.hub.url, token: fixture.token },
  }));
});

it('returns download information without Xet', async () => {
  const large = fixture.huggingFace.repo('far-ai/tiny').main.entries.find(({ path }) => path === 'model.safetensors');
  const file = { repo: 'far-ai/tiny', path: 'model.safetensors' };
  const info = await fileDownloadInfo({ ...file, hubUrl: fixture.hub.url, accessToken: fixture.token });
  expect([info?.size, info?.xet]).toEqual([300_000, undefined]);
  expect(info?.etag).toBe(`"${large && isBlob(large) ? large.lfs?.sha256 : ''}"`);
});

it('sends the caller’s token to no source', () => {
  expect(fixture.externalRequests.length).toBeGreaterThan(20);
  expect(fixture.leaks).toEqual([]);
});
