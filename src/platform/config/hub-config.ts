import type { SourceSetting } from '../../domain/source.js';
import type { SignInConfig } from './sign-in-config.js';

export type { SourceSetting } from '../../domain/source.js';
export type { OidcProvider, OrganizationGrant } from './sign-in-config.js';

/** How much an account may have. Undefined values are unlimited. */
export interface QuotaConfig {
  /** Bytes, counting identical content once. */
  readonly bytes: number | undefined;
  readonly repositories: number | undefined;
}

/** The audit log and the usage of repositories. */
export interface AuditConfig {
  /** Whether downloads are events of the audit log. */
  readonly downloads: boolean;
  /** Days after which events and usage are deleted; 0 for never. */
  readonly days: number;
  /** Days after which downloads are deleted from the audit log; 0 for never. */
  readonly downloadDays: number;
}

/** Limits of what users can store. */
export interface LimitsConfig {
  /** Quotas of accounts for which the administrator has set none. */
  readonly quota: { readonly user: QuotaConfig; readonly organization: QuotaConfig };
  /** In bytes. */
  readonly maxFileSize: number;
  /** Bytes that files of sources may take up (`delivery: cache`). */
  readonly contentCache: number;
  /** Bytes that kept replies of sources may take up in the database. */
  readonly keptReplies: number;
  /** Bytes that uploads must leave free on the disk. */
  readonly minFreeDisk: number;
}

/** Settings for requests that are resolved through sources. */
export interface FallbackConfig {
  readonly enabled: boolean;
  readonly cacheTtlSeconds: number;
  readonly cacheMaxSize: number;
  readonly negativeTtlSeconds: number;
  readonly metadataCache: boolean;
  /** How long kept replies are served without asking their source, unless the source has its own value. */
  readonly freshSeconds: number;
  /** How long they are served after that while the source does not respond. */
  readonly staleSeconds: number;
  /** Whether no requests are sent to sources. */
  readonly offline: boolean;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly hedgeMs: number;
  readonly maxConcurrent: number;
  /** Hours between checks of the sources' tokens; 0 disables them. */
  readonly tokenCheckHours: number;
  readonly requireAuth: boolean;
  readonly reservedNamespaces: readonly string[];
  readonly reserveLocalNamespaces: boolean;
  /** Protects names of sources. `strict`: also names that cannot be checked now. */
  readonly namespaceGuard: 'off' | 'on' | 'strict';
  readonly allowPrivateNetworks: boolean;
  /** Undefined if the variable is unset: the first start then creates the huggingface.co source. */
  readonly sources: readonly SourceSetting[] | undefined;
}

/** Limits for single clients. */
export interface ClientLimits {
  /** How long a client may neither send the rest of a request nor read its response. */
  readonly idleMs: number;
  /** Requests of a client in progress at the same time. */
  readonly maxRequests: number;
  /** Open connections of an address. */
  readonly maxConnections: number;
  /** Streamed downloads of a client at the same time. */
  readonly maxStreams: number;
  /** Memory for the bodies of all requests together, in bytes. */
  readonly memoryBytes: number;
}

/** Address and credentials of an S3 bucket. */
export interface S3Config {
  /** Undefined for AWS. */
  readonly endpoint: string | undefined;
  /** Endpoint of the same server for clients; undefined if clients cannot reach the server. */
  readonly publicEndpoint: string | undefined;
  readonly bucket: string;
  readonly region: string;
  /** If undefined, the AWS SDK uses its default credentials, such as the role of the machine. */
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly forcePathStyle: boolean;
  /** How long a request may wait until its response begins. */
  readonly timeoutMs: number;
  /** As in `HubConfig`. */
  readonly certificateAuthorities?: readonly string[];
}

/** A forward proxy for outbound requests. */
export interface ForwardProxy {
  /** The environment variable that sets it. */
  readonly variable: string;
  /** `http://host:port` or `https://host:port`, without credentials. */
  readonly url: string;
  /** The value of `Proxy-Authorization`. */
  readonly authorization?: string;
}

/** Forward proxies by the scheme of the requested URL. */
export interface ProxyConfig {
  readonly http?: ForwardProxy;
  readonly https?: ForwardProxy;
  /** Hosts that are reached without a proxy, as in `NO_PROXY`. */
  readonly no: readonly string[];
}

/** The configuration of the hub, parsed and checked at startup. */
export interface HubConfig {
  readonly version: string;
  /** Commit of this build; `unknown` if it was not set. */
  readonly buildCommit: string;
  readonly port: number;
  readonly host: string;
  /** Public addresses of the hub, without trailing slash. Empty: the one that each client uses. URLs are built by `UrlBuilder` only. */
  readonly baseUrls: readonly string[];
  /** Addresses and CIDRs of reverse proxies whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Whether browsers that use https must use it from now on. */
  readonly hsts: boolean;
  readonly siteName: string;
  /** Images and media of other hosts that the web pages load. */
  readonly remoteImages: 'off' | 'sources' | 'all';
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  /** Redis server shared by all replicas; undefined if this process is the only replica. */
  readonly redisUrl: string | undefined;
  /** How long a request waits for Redis before it continues without it. */
  readonly redisTimeoutMs: number;
  readonly admin: {
    readonly enabled: boolean;
    readonly token: string;
    /** Whether the token was generated and is stored in the data directory. */
    readonly isTokenGenerated: boolean;
  };
  /** How users sign in. */
  readonly signIn: SignInConfig;
  /** Encrypt credentials of sources, and sign links and cursors. `SecretKeys` decides which one does; all decrypt and verify. */
  readonly secretKeys: readonly string[];
  /** Whether the secret key was generated and is stored in the data directory. */
  readonly isSecretKeyGenerated: boolean;
  /** New key for the `rotate-key` command. */
  readonly newSecretKey: string | undefined;
  /** `closed`: only the administrator can create accounts. */
  readonly registration: 'open' | 'closed';
  /** URLs of the issuers of ID tokens that repositories may trust, without trailing slash. */
  readonly trustedIssuers: readonly string[];
  /** Factor of all limits of requests per minute (`RATE_CLASSES`); 0 turns them off. */
  readonly rateLimitFactor: number;
  readonly clients: ClientLimits;
  /** Part size of multipart uploads in bytes; smaller files are uploaded in one request. */
  readonly lfsPartSize: number;
  readonly limits: LimitsConfig;
  readonly audit: AuditConfig;
  /** Downloads over Xet: whether they are offered, and above which size in bytes. */
  /** Whether files are offered over Xet, and above which size: files of this hub, and cached ones. */
  readonly xet: { readonly reads: boolean; readonly threshold: number; readonly copyThreshold: number };
  /** Undefined if files are stored in the data directory. */
  readonly s3: S3Config | undefined;
  readonly fallback: FallbackConfig;
  readonly proxy: ProxyConfig;
  /** All trusted authorities in the PEM format, if the administrator has added some. Otherwise, Node.js decides. */
  readonly certificateAuthorities: readonly string[] | undefined;
  /** How long the hub waits at startup for the database, and for services that it can start without. */
  readonly startup: { readonly timeoutMs: number; readonly optionalMs: number };
  /** Connections of this process to the PostgreSQL server. */
  readonly databasePoolSize: number;
  /** How long the hub serves requests after a stop signal, and how long running requests may take after that. */
  readonly shutdown: { readonly delayMs: number; readonly timeoutMs: number };
  /** Without a token, metrics are public. */
  readonly metrics: { readonly enabled: boolean; readonly token: string | undefined };
  /** OpenTelemetry tracing. Its SDK reads all other settings from the environment itself. */
  readonly tracing: {
    /** Variables of the SDK that were read from files. */
    readonly variables: Readonly<Record<string, string>>;
    readonly enabled: boolean;
    readonly serviceName: string;
    /** Protocol of the collector, or `console` to print traces. */
    readonly exporter: 'http/protobuf' | 'http/json' | 'console';
  };
  readonly log: { readonly level: string; readonly format: 'json' | 'pretty' };
}

/** Injection token of the configuration. */
export const HUB_CONFIG = Symbol('HubConfig');
