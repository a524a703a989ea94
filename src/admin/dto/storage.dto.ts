import type { StorageUsage } from '../../repos/gc/storage-usage.store.js';

/** How much content there is. */
export class StorageFiguresDto implements StorageUsage {
  /**
   * Different contents in the store.
   * @example 1200
   */
  contents: number;

  /**
   * Bytes of the files of all repositories, the same content counted once.
   * @example 52428800
   */
  bytes: number;

  /**
   * The same, counted for every repository that has it.
   * @example 73400320
   */
  referenced_bytes: number;

  /**
   * Contents that nothing needs any more: they go a day after they were last touched.
   * @example 3
   */
  unneeded: number;
}
