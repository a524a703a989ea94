import { parseUrl } from '../../domain/parse-url.js';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { HubConfig } from '../../platform/config/hub-config.js';
import type { Environment } from '../../platform/config/variable.js';
import type { Level } from './finding.js';

/** A setting, or a combination of settings, that is most likely a mistake. */
export interface SettingsRule {
  readonly level: Exclude<Level, 'ok'>;
  readonly applies: (config: HubConfig, env: Environment) => boolean;
  readonly message: string;
  readonly advice: string;
}

const hostOf = (url: string): string => parseUrl(url)?.hostname.replace(/^\[|\]$/g, '') ?? '';
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

/** Whether the host is probably in another network: a public address, or a full name that is not one of a cluster. */
function isRemote(host: string): boolean {
  if (isIP(host)) return ipaddr.process(host).range() === 'unicast';
  return host.includes('.') && !/\.(svc|local|internal|lan|localhost)$/.test(host) && !isLoopback(host);
}

const hasRemoteUrl = (url: string | undefined): url is string => url !== undefined && isRemote(hostOf(url));
const isPublic = ({ baseUrls }: HubConfig): boolean => baseUrls.some(hasRemoteUrl);
const GUESSABLE = /change.?me|example|password|secret|default|admin|test|1234|abcd/i;
const isWeak = (secret: string): boolean =>
  secret !== '' && (secret.length < 20 || new Set(secret).size < 8 || (GUESSABLE.test(secret) && secret.length < 32));
const isUnlimited = ({ limits: { quota } }: HubConfig): boolean =>
  quota.user.bytes === undefined || quota.user.repositories === undefined;

/** All rules. Each is about one mistake. */
export const SETTINGS_RULES: readonly SettingsRule[] = [
  {
    level: 'problem',
    applies: ({ trustedProxies }) => trustedProxies.some((network) => network.endsWith('/0')),
    message: 'KOHAKU_HUB_TRUSTED_PROXIES includes all addresses, so any client can claim any address.',
    advice: 'List the addresses of your reverse proxies only.',
  },
  {
    level: 'problem',
    applies: ({ baseUrls, host }) =>
      !isLoopback(host) && baseUrls.length > 0 && baseUrls.every((url) => isLoopback(hostOf(url))),
    message:
      'KOHAKU_HUB_BASE_URL has only addresses of this machine, so clients on others get URLs that they cannot reach.',
    advice: 'Set it to the address that clients use, or remove it.',
  },
  {
    level: 'warning',
    applies: ({ baseUrls }) => baseUrls.some((url) => url.startsWith('http:') && isRemote(hostOf(url))),
    message: 'KOHAKU_HUB_BASE_URL begins with http://, so clients send their tokens unencrypted.',
    advice: 'Serve the hub with TLS, and set the address with https://.',
  },
  {
    level: 'warning',
    applies: ({ secretKeys }) => secretKeys.some(isWeak),
    message: 'KOHAKU_HUB_SECRET_KEY can be guessed.',
    advice: 'Rotate it to the output of openssl rand -hex 32.',
  },
  {
    level: 'warning',
    applies: ({ admin }) => admin.enabled && isWeak(admin.token),
    message: 'KOHAKU_HUB_ADMIN_SECRET_TOKEN can be guessed.',
    advice: 'Set it to the output of openssl rand -hex 32.',
  },
  {
    level: 'warning',
    applies: ({ admin, secretKeys }) => admin.enabled && admin.token !== '' && secretKeys.includes(admin.token),
    message: 'The admin token and the secret key are equal.',
    advice: 'Set KOHAKU_HUB_ADMIN_SECRET_TOKEN to another value.',
  },
  {
    level: 'warning',
    applies: ({ databaseUrl }) => hasRemoteUrl(databaseUrl) && !/[?&]sslmode=(?!disable|allow)/.test(databaseUrl),
    message: 'The connection to the database server is not encrypted.',
    advice: 'Add ?sslmode=verify-full to KOHAKU_HUB_DATABASE_URL.',
  },
  {
    level: 'warning',
    applies: ({ redisUrl }) => hasRemoteUrl(redisUrl) && redisUrl.startsWith('redis:'),
    message: 'The connection to Redis is not encrypted.',
    advice: 'Use rediss:// in KOHAKU_HUB_REDIS_URL.',
  },
  {
    level: 'warning',
    applies: ({ databaseUrl, redisUrl }) => databaseUrl === undefined && redisUrl !== undefined,
    message: 'KOHAKU_HUB_REDIS_URL is set, but the database is embedded, so there can be only one replica.',
    advice: 'Set KOHAKU_HUB_DATABASE_URL, or remove KOHAKU_HUB_REDIS_URL.',
  },
  {
    level: 'warning',
    applies: ({ redisUrl, databaseUrl, s3 }) => redisUrl !== undefined && databaseUrl !== undefined && s3 === undefined,
    message: 'Redis suggests several replicas, but files are stored in the data directory.',
    advice: 'Use a bucket (KOHAKU_HUB_STORAGE=s3), or mount one data directory in all replicas.',
  },
  {
    level: 'warning',
    applies: ({ fallback }) => fallback.allowPrivateNetworks,
    message: 'Sources can redirect the hub to private addresses (KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS).',
    advice: "Remove the setting if only a source's own host is private, which is always allowed.",
  },
  {
    level: 'warning',
    applies: ({ fallback }) => fallback.deadlineMs < fallback.timeoutMs,
    message:
      'KOHAKU_HUB_FALLBACK_DEADLINE is shorter than KOHAKU_HUB_FALLBACK_TIMEOUT, so a slow source leaves no time for the next one.',
    advice: 'Set a deadline of at least twice the timeout.',
  },
  {
    level: 'warning',
    applies: (config) => isPublic(config) && config.registration === 'open' && isUnlimited(config),
    message: 'Anyone can create accounts and store any number of files.',
    advice:
      'Set KOHAKU_HUB_REGISTRATION=closed, or KOHAKU_HUB_QUOTA_ACCOUNT and KOHAKU_HUB_QUOTA_ACCOUNT_REPOSITORIES.',
  },
  {
    level: 'warning',
    applies: ({ rateLimitFactor }) => rateLimitFactor === 0,
    message: 'Requests per minute are not limited (KOHAKU_HUB_RATE_LIMIT_FACTOR=0).',
    advice: 'Remove the setting except in tests.',
  },
  {
    level: 'warning',
    applies: ({ limits, s3 }) => s3 === undefined && limits.minFreeDisk === 0,
    message: 'Uploads can fill the disk completely (KOHAKU_HUB_MIN_FREE_DISK=0).',
    advice: 'Leave some space for the database.',
  },
  {
    level: 'warning',
    applies: ({ log }) => ['debug', 'trace', 'silent'].includes(log.level),
    message: 'LOG_LEVEL is debug, trace or silent.',
    advice: 'Use info, or warn for fewer lines.',
  },
  {
    level: 'problem',
    applies: (_, env) =>
      [env['OTEL_EXPORTER_OTLP_ENDPOINT'], env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']].some((url) =>
        /:4317(\/|$)/.test(url ?? ''),
      ),
    message: 'Traces are sent to port 4317, which expects gRPC.',
    advice: 'Use the port for HTTP, usually 4318.',
  },
];
