/** A file that was chosen or dropped, with its path in what it came with. */
export interface SelectedFile {
  readonly path: string;
  readonly content: File;
}

/** Files of an `<input>`; of a folder, with their paths in it. */
export const chosenFiles = (files: FileList | null): SelectedFile[] =>
  [...(files ?? [])].map((content) => ({ path: content.webkitRelativePath || content.name, content }));

const fileOf = (entry: FileSystemFileEntry): Promise<File> => new Promise((done, fail) => entry.file(done, fail));

/** A folder tells its entries in pieces, the last of which is empty. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return all;
    all.push(...some);
  }
}

async function filesIn(entry: FileSystemEntry): Promise<SelectedFile[]> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) return [{ path, content: await fileOf(entry as FileSystemFileEntry) }];
  // what git keeps for itself is nothing to upload
  if (entry.name === '.git') return [];
  const found: SelectedFile[] = [];
  for (const one of await entriesOf(entry as FileSystemDirectoryEntry)) found.push(...(await filesIn(one)));
  return found;
}

const plain = (content: File | null): SelectedFile[] => (content ? [{ path: content.name, content }] : []);

/** Files that were dropped, those in dropped folders among them. */
export async function droppedFiles(data: DataTransfer): Promise<SelectedFile[]> {
  // the list is empty as soon as the event is over
  const items = [...data.items].map((item) => item.webkitGetAsEntry() ?? plain(item.getAsFile()));
  return (await Promise.all(items.map((item) => (Array.isArray(item) ? item : filesIn(item))))).flat();
}
