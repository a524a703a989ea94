/** A file from a file picker or a drop; `path` is relative to the selected folder. */
export interface SelectedFile {
  readonly path: string;
  readonly content: File;
}

/** Files of a file input, which may select a folder. */
export const pickedFiles = (files: FileList | null): SelectedFile[] =>
  [...(files ?? [])].map((content) => ({ path: content.webkitRelativePath || content.name, content }));

const readFile = (entry: FileSystemFileEntry): Promise<File> => new Promise((done, fail) => entry.file(done, fail));

/** `readEntries` returns batches; an empty batch is the last one. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (!batch.length) return all;
    all.push(...batch);
  }
}

async function filesIn(entry: FileSystemEntry): Promise<SelectedFile[]> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) return [{ path, content: await readFile(entry as FileSystemFileEntry) }];
  if (entry.name === '.git') return [];
  const files: SelectedFile[] = [];
  for (const child of await entriesOf(entry as FileSystemDirectoryEntry)) files.push(...(await filesIn(child)));
  return files;
}

const withoutFolder = (content: File | null): SelectedFile[] => (content ? [{ path: content.name, content }] : []);

/** Dropped files, including all files of dropped folders except `.git`. */
export async function droppedFiles(data: DataTransfer): Promise<SelectedFile[]> {
  // Must be read synchronously: the list is emptied when the event handler returns.
  const items = [...data.items].map((item) => item.webkitGetAsEntry() ?? withoutFolder(item.getAsFile()));
  return (await Promise.all(items.map((item) => (Array.isArray(item) ? item : filesIn(item))))).flat();
}
