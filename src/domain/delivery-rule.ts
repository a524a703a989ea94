import type { RepoType } from './repo-id.js';

/** Ways in which files of a source are delivered, with their labels. */
export const DELIVERIES = {
  redirect: 'Redirect to the source',
  proxy: 'Proxy through this hub',
  cache: 'Cache on this hub',
  'cache-async': 'Redirect, and cache in the background',
  deny: 'Deny downloads',
} as const;

/** How a file of a source is delivered. */
export type Delivery = keyof typeof DELIVERIES;

/** An exception to the delivery of a source. It applies to files that have all of its properties. */
export interface DeliveryRule {
  /** A pattern of repositories, such as `meta-llama/*` or `dataset:*\/*`; all if omitted. */
  readonly repos?: string;
  /** A pattern of files. Without a slash it matches the name of a file in any folder. All files if omitted. */
  readonly files?: string;
  /** Smallest size in bytes. */
  readonly min_size?: number;
  /** Largest size in bytes. */
  readonly max_size?: number;
  /** Types of repositories; all if omitted. */
  readonly types?: readonly RepoType[];
  readonly delivery: Delivery;
}

/** The settings that determine how a file is delivered. */
export interface DeliverySettings {
  readonly delivery: Delivery;
  readonly rules: readonly DeliveryRule[];
}
