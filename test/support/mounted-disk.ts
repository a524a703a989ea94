import { spawnSync, type SpawnSyncReturns } from 'node:child_process';

/**
 * Runs a command with a file system in memory at `folder`, in its own mount namespace, which does not require root.
 * @param options - of the mount, such as `size=1m` or `ro`
 */
export const onMountedDisk = (options: string, folder: string, command: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(
    'unshare',
    [
      '--map-root-user',
      '--mount',
      'sh',
      '-c',
      `mount -t tmpfs -o ${options} none "$0" && exec "$@"`,
      folder,
      ...command,
    ],
    { encoding: 'utf8' },
  );

/** Whether this system allows users to mount file systems. */
export const canMount = (): boolean => onMountedDisk('size=1m', '/tmp', ['true']).status === 0;

export const CANNOT_MOUNT =
  'skipped: this system does not allow users to mount file systems (unshare --map-root-user --mount)';
