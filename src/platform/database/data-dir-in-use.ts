/** Another process has the embedded database of this data directory open; two would corrupt it. */
export class DataDirInUseError extends Error {
  constructor(readonly dataDir: string) {
    super(`Another process is using the data directory ${dataDir}; stop it first, or choose another directory.`);
    this.name = 'DataDirInUseError';
  }
}
