import type { TreeEntry } from '@/api/files';
import { MediaFile } from '../rows/cell';
import type { RowFile } from '../rows/row-file';

const KINDS = [
  ['image', /\.(?:png|jpe?g|gif|webp|avif|bmp)$/i],
  ['audio', /\.(?:wav|mp3|flac|ogg|opus|m4a)$/i],
] as const;

const kindOf = (path: string) => KINDS.find(([, pattern]) => pattern.test(path))?.[0];
export const isMedia = (path: string): boolean => kindOf(path) !== undefined;

/** Files as rows. If they are in several folders, these are their labels, as in the `datasets` library. */
export function mediaRows(entries: readonly TreeEntry[], urlOf: (path: string) => string): RowFile {
  const labels = entries.map(({ path }) => path.split('/').at(-2) ?? '');
  const hasLabels = new Set(labels).size > 1;
  const kinds = new Set(entries.map(({ path }) => kindOf(path)));
  const name = kinds.size === 1 ? [...kinds][0]! : 'file';
  const columns = [{ name, type: name }, ...(hasLabels ? [{ name: 'label', type: 'folder' }] : []), { name: 'path' }];
  return {
    count: entries.length,
    isComplete: true,
    read: (start, end) =>
      Promise.resolve({
        columns,
        tooLarge: [],
        rows: entries.slice(start, end).map(({ path }, index) => {
          const file = new MediaFile(kindOf(path) ?? 'image', urlOf(path));
          return [file, ...(hasLabels ? [labels[start + index]] : []), path];
        }),
      }),
  };
}
