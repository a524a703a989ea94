/** Adds all folders that contain a path, without the root. */
export function addFoldersAbove(folders: Set<string>, path: string): void {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const folder = path.slice(0, end);
    if (folders.has(folder)) return; // its parents were added before
    folders.add(folder);
  }
}
