import { createHash, randomBytes } from 'node:crypto';
import { createRepo, downloadFile, fileDownloadInfo, uploadFiles } from '@huggingface/hub';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { S3Bucket } from '../../src/platform/storage/s3-bucket.js';
import { describeOnS3 } from '../support/storages.js';
import { FULL_RUN } from '../support/full-run.js';
import { withPublicEndpoint, s3Variables } from '../support/s3-variables.js';
import { HubFixture } from './hub-fixture.js';
import { describeWrites } from './write-suite.js';

/** Of the suite's large files one has two parts and one is in one piece. */
const ENV = { KOHAKU_HUB_LFS_PART_SIZE: '15000000' };
const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

// Real clients against a hub on S3. A client that took its token along to the store would be refused there: S3 knows no two permissions
// at once.
describeOnS3('on S3', (server) => {
  describe.each([
    ['that clients reach', true],
    ['behind the hub', false],
  ])('%s', (_case, direct) => {
    let fixture: HubFixture;
    let bucket: S3Bucket;
    beforeAll(async () => {
      const own = await server().newBucket();
      bucket = new S3Bucket(own);
      fixture = await HubFixture.start({}, { ...ENV, ...s3Variables(direct ? withPublicEndpoint(own) : own) });
    });
    afterAll(() => fixture?.close());

    const writes = (more: Record<string, string>) => () => ({
      far: fixture.far,
      account: 'client',
      settings: { endpoint: fixture.hub.url, token: fixture.token, more },
    });
    const NO_XET = { HF_HUB_DISABLE_XET: '1' };
    if (direct && FULL_RUN)
      describe('huggingface_hub 1.x over LFS', () => describeWrites('hf1', 'one', writes(NO_XET)));
    // LFS where clients follow links to the store, 2.x because it takes tokens along; Xet where all goes through the hub, as Xet does
    // in both places.
    if (direct || FULL_RUN)
      describe('huggingface_hub 2.x over LFS', () => describeWrites('hf2', 'lfs', writes(NO_XET)));
    if (!direct || FULL_RUN) describe('huggingface_hub 2.x over Xet', () => describeWrites('hf2', 'xet', writes({})));

    it('@huggingface/hub sends large files in one piece and in parts, and reads them, whole and in slices', async () => {
      const repo = 'client/js';
      const at = { hubUrl: fixture.hub.url, accessToken: fixture.token, repo };
      await createRepo(at);
      const contents = [1_000, 6_000_000, 33_000_000].map((length) => new Uint8Array(randomBytes(length)));
      const files = contents.map((content, n) => ({ path: `${n}.safetensors`, content: new Blob([content]) }));
      await uploadFiles({ ...at, files });
      for (const [n, content] of contents.entries()) {
        const path = `${n}.safetensors`;
        expect(await fileDownloadInfo({ ...at, path })).toMatchObject({
          size: content.length,
          etag: `"${sha256(content)}"`,
        });
        const blob = (await downloadFile({ ...at, path }))!;
        expect(Buffer.from(await blob.slice(500, 700).arrayBuffer())).toEqual(Buffer.from(content.subarray(500, 700)));
        expect(sha256(new Uint8Array(await blob.arrayBuffer()))).toBe(sha256(content));
      }
    }, 120_000);

    it('leaves nothing half uploaded behind', async () => {
      const left: string[] = [];
      for (const prefix of ['incoming/', 'parts/']) for await (const { key } of bucket.list(prefix)) left.push(key);
      expect([left, fixture.leaks]).toEqual([[], []]);
    });
  });
});
