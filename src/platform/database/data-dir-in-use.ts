/** Another process has opened the embedded database in this data directory. Two at once would corrupt it. */
export class DataDirInUseError extends Error {
  constructor(readonly dataDir: string) {
    super(
      `Another process is using the data directory ${dataDir}; stop it, or set KOHAKU_HUB_DATA_DIR to another directory.`,
    );
    this.name = 'DataDirInUseError';
  }
}
