import { objectId } from './git-objects.js';

/** The text that git keeps in place of a large file (git-lfs specification, version 1). */
export function lfsPointer(sha256: string, size: number): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`;
}

/** The id under which git knows a large file: that of its pointer. */
export function lfsPointerOid(sha256: string, size: number): string {
  return objectId('blob', Buffer.from(lfsPointer(sha256, size)));
}

/** Bytes of the pointer, which clients ask for beside the file's own size. */
export function lfsPointerSize(size: number): number {
  return lfsPointer('0'.repeat(64), size).length;
}
