import { createHash, randomBytes } from 'node:crypto';
import { createRepo, downloadFile, fileDownloadInfo, uploadFiles } from '@huggingface/hub';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { S3Bucket } from '../../src/platform/storage/s3-bucket.js';
import { describeOnS3 } from '../support/storages.js';
import { FULL_RUN } from '../support/full-run.js';
import { withPublicEndpoint, s3Variables } from '../support/s3-variables.js';
import { HubFixture } from './hub-fixture.js';
import { describeWrites } from './write-suite.js';

/** One large file of the suite has two parts, the other one has one. */
const ENV = { KOHAKU_HUB_LFS_PART_SIZE: '15000000' };
const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

// Real clients against a hub on S3. S3 rejects requests with both a signed URL and an `Authorization` header, so these tests also show
// that clients do not send their token to S3.
describeOnS3('on S3', (server) => {
  describe.each([
    ['with redirects to the bucket', true],
    ['proxied by the hub', false],
  ])('%s', (_case, direct) => {
    let fixture: HubFixture;
    let bucket: S3Bucket;
    beforeAll(async () => {
      const bucketConfig = await server().newBucket();
      bucket = new S3Bucket(bucketConfig);
      fixture = await HubFixture.start(
        {},
        { ...ENV, ...s3Variables(direct ? withPublicEndpoint(bucketConfig) : bucketConfig) },
      );
    });
    afterAll(() => fixture?.close());

    const writes = (more: Record<string, string>) => () => ({
      huggingFace: fixture.huggingFace,
      account: 'client',
      settings: { endpoint: fixture.hub.url, token: fixture.token, more },
    });
    const NO_XET = { HF_HUB_DISABLE_XET: '1' };
    if (direct && FULL_RUN)
      describe('huggingface_hub 1.x over LFS', () => describeWrites('hf1', 'one', writes(NO_XET)));
    // LFS with redirects, and 2.x because it sends tokens after redirects. Xet always goes through the hub; the suite of the cluster tests it on S3.
    if (direct || FULL_RUN)
      describe('huggingface_hub 2.x over LFS', () => describeWrites('hf2', 'lfs', writes(NO_XET)));
    if (FULL_RUN) describe('huggingface_hub 2.x over Xet', () => describeWrites('hf2', 'xet', writes({})));

    it('@huggingface/hub uploads large files with and without parts, and reads them whole and in slices', async () => {
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

    it('leaves no partial uploads', async () => {
      const left: string[] = [];
      for (const prefix of ['incoming/', 'parts/']) for await (const { key } of bucket.list(prefix)) left.push(key);
      expect([left, fixture.leaks]).toEqual([[], []]);
    });
  });
});
