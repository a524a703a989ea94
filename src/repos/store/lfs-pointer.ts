import { objectId } from './git-objects.js';

/** The pointer file that git stores instead of an LFS object (git-lfs specification, version 1). */
export function lfsPointer(sha256: string, size: number): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`;
}

/** Git blob id of an LFS object: the id of its pointer. */
export function lfsPointerOid(sha256: string, size: number): string {
  return objectId('blob', Buffer.from(lfsPointer(sha256, size)));
}

/** Size of the pointer in bytes. Clients request it in addition to the object's size. */
export function lfsPointerSize(size: number): number {
  return lfsPointer('0'.repeat(64), size).length;
}

/** Longer files are not pointers (git-lfs specification, version 1). */
export const MAX_POINTER_BYTES = 1024;

/** Whether a text is the pointer of an LFS object. */
export const isLfsPointer = (text: string): boolean =>
  /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:[^\n]+\n)*oid sha256:[0-9a-f]{64}\nsize \d+\n/.test(text);
