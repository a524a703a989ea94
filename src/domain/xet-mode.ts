import type { Delivery } from './delivery-rule.js';

/** Ways in which files of a source are offered over Xet, with their labels. */
export const XET_MODES = {
  hide: 'Not offered',
  relay: 'Through this hub',
  pass: 'From the storage of the source',
} as const;

/** How a file of a source is offered over Xet. */
export type XetMode = keyof typeof XET_MODES;

/** Clients of huggingface_hub refuse larger files over plain HTTP (1.33, `file_download.py`). */
export const PLAIN_HTTP_LIMIT = 50_000_000_000;

/** The facts about a source that determine how a file is offered over Xet. `delivery` is that of the file. */
export interface XetSettings {
  readonly xet: XetMode | null;
  readonly delivery: Delivery;
  readonly hasCredentials: boolean;
  readonly offline: boolean;
}

/**
 * How a file is offered over Xet. Clients that are passed to the storage of the source do not have its credentials, and this hub does not see
 * what they download, so `pass` only applies to files that are redirected anyway.
 *
 * @param size - in bytes; files of unknown size are not offered, since clients need it
 */
export function xetModeOf({ xet, delivery, hasCredentials, offline }: XetSettings, size: number | null): XetMode {
  if (size === null || offline || delivery === 'deny') return 'hide';
  if (xet === 'pass') return delivery === 'redirect' && !hasCredentials ? 'pass' : 'hide';
  return xet ?? (size > PLAIN_HTTP_LIMIT ? 'relay' : 'hide');
}
