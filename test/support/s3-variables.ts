import type { S3Config } from '../../src/platform/config/hub-config.js';

/** The environment variables of a hub with this bucket as its storage. */
export const s3Variables = ({ endpoint, publicEndpoint, bucket, region, keys, ...config }: S3Config) => ({
  KOHAKU_HUB_STORAGE: 's3',
  KOHAKU_HUB_S3_BUCKET: bucket,
  KOHAKU_HUB_S3_REGION: region,
  KOHAKU_HUB_S3_FORCE_PATH_STYLE: String(config.forcePathStyle),
  KOHAKU_HUB_S3_TIMEOUT: String(config.timeoutMs / 1000),
  ...(endpoint ? { KOHAKU_HUB_S3_ENDPOINT: endpoint } : {}),
  ...(publicEndpoint ? { KOHAKU_HUB_S3_PUBLIC_ENDPOINT: publicEndpoint } : {}),
  ...(keys ? { KOHAKU_HUB_S3_ACCESS_KEY: keys.accessKeyId, KOHAKU_HUB_S3_SECRET_KEY: keys.secretAccessKey } : {}),
});

/** Adds a public endpoint, to which the hub redirects clients. */
export const withPublicEndpoint = (config: S3Config): S3Config => ({
  ...config,
  publicEndpoint: config.endpoint?.replace('127.0.0.1', 'localhost'),
});
