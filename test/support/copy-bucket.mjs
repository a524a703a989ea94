import { CopyObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';

// Copies all objects of a bucket, as `aws s3 sync` does: copy-bucket.mjs s3://from s3://to. HUBFALL_TEST_S3 has the address and the keys.
const { endpoint, region, keys, forcePathStyle } = JSON.parse(process.env.HUBFALL_TEST_S3);
const [from, to] = process.argv.slice(2).map((url) => new URL(url).host);
const s3 = new S3Client({ endpoint, region, credentials: keys, forcePathStyle });
for (let ContinuationToken; ;) {
  const page = await s3.send(new ListObjectsV2Command({ Bucket: from, ContinuationToken }));
  for (const { Key } of page.Contents ?? [])
    await s3.send(new CopyObjectCommand({ Bucket: to, Key, CopySource: `${from}/${Key}` }));
  ContinuationToken = page.NextContinuationToken;
  if (!page.IsTruncated) break;
}
