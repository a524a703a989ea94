import { computed, reactive } from 'vue';
import { errorMessage } from '@/api/use-action';
import { createCommit, type CommitAnswer } from '@/api/commits';
import type { RepoName } from '@/api/repositories';
import type { SelectedFile } from './selected-files';
import { FileHasher } from './file-hasher';
import { runConcurrently } from './run-concurrently';
import { LfsUpload } from './lfs-upload';
import { FilesRejected, preuploadFiles, type FileUploadMode } from './preupload';
import { withRetry } from './with-retry';

const FILES_AT_ONCE = 2;

export type FileState = 'waiting' | 'hashing' | 'sending' | 'ready' | 'failed' | 'ignored';

export interface UploadFile extends SelectedFile {
  state: FileState;
  /** Bytes that were read, or have arrived. */
  done: number;
  fault?: string;
  mode?: FileUploadMode['uploadMode'];
  /** SHA-256 of a large one. */
  oid?: string;
}

export type Phase = 'choosing' | 'sending' | 'committing' | 'done';

export interface UploadTarget {
  readonly repo: RepoName;
  readonly branch: string;
  /** Empty: the root. */
  readonly folder: string;
  readonly summary: string;
  readonly description: string;
}

interface Sending {
  readonly repo: RepoName;
  readonly hasher: FileHasher;
  readonly signal: AbortSignal;
}

const pathIn = (folder: string, path: string): string => (folder ? `${folder}/${path}` : path);

/** Files on their way into one commit. Whatever fails leaves the others as far as they are; starting again goes on. */
export function useUpload() {
  const state = reactive({
    files: [] as UploadFile[],
    phase: 'choosing' as Phase,
    fault: undefined as string | undefined,
    /** Bytes of the commit itself that are on their way. */
    committed: 0,
    answer: undefined as CommitAnswer | undefined,
  });
  /** Large files in between, by path: what has arrived of them is not sent again. */
  const large = new Map<string, LfsUpload>();
  let stopper = new AbortController();

  const wanted = computed(() => state.files.filter((file) => file.state !== 'ignored'));
  const busy = computed(() => state.phase === 'sending' || state.phase === 'committing');
  const total = computed(() => wanted.value.reduce((sum, { content }) => sum + content.size, 0));
  const sent = computed(() => {
    const arrived = wanted.value
      .filter((file) => file.mode === 'lfs' && (file.state === 'sending' || file.state === 'ready'))
      .reduce((sum, { done }) => sum + done, 0);
    return state.phase === 'done' ? total.value : Math.min(arrived + state.committed, total.value);
  });

  function add(found: readonly SelectedFile[]): void {
    for (const { path, content } of found) {
      remove(path); // the one that comes later counts
      state.files.push({ path, content, state: 'waiting', done: 0 });
    }
    if (state.phase === 'done') state.phase = 'choosing';
  }

  function remove(path: string): void {
    state.files = state.files.filter((file) => file.path !== path);
    large.delete(path);
  }

  function clear(): void {
    Object.assign(state, { files: [], phase: 'choosing', fault: undefined, committed: 0, answer: undefined });
    large.clear();
  }

  async function start(target: UploadTarget): Promise<void> {
    stopper = new AbortController();
    Object.assign(state, { phase: 'sending', fault: undefined, committed: 0 });
    for (const file of state.files)
      if (file.state !== 'ready') Object.assign(file, { state: 'waiting', done: 0, fault: undefined });
    try {
      await plan(target);
      await sendLarge(target.repo);
      state.phase = 'committing';
      state.answer = await commit(target);
      state.phase = 'done';
    } catch (error) {
      state.phase = 'choosing';
      for (const file of state.files)
        if (file.state === 'hashing' || file.state === 'sending') Object.assign(file, { state: 'waiting', done: 0 });
      if (!stopper.signal.aborted) state.fault = errorMessage(error);
    }
  }

  async function plan({ repo, branch, folder }: UploadTarget): Promise<void> {
    const named = state.files.map(({ path, content }) => ({ path: pathIn(folder, path), content }));
    const plans = await preuploadFiles(repo, branch, named, stopper.signal).catch((error: unknown) => {
      if (error instanceof FilesRejected)
        for (const file of state.files) blame(file, error.reasons.get(pathIn(folder, file.path)));
      throw error;
    });
    for (const file of state.files) {
      const { uploadMode, shouldIgnore } = plans.get(pathIn(folder, file.path))!;
      file.mode = uploadMode;
      if (shouldIgnore) file.state = 'ignored';
    }
    if (!wanted.value.length)
      throw new Error('There is nothing to upload: the repository’s .gitignore names them all.');
  }

  function blame(file: UploadFile, fault: string | undefined): void {
    if (fault !== undefined) Object.assign(file, { state: 'failed', fault });
  }

  async function sendLarge(repo: RepoName): Promise<void> {
    const { signal } = stopper;
    const hasher = new FileHasher();
    const stop = (): void => hasher.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const rest = wanted.value.filter((file) => file.mode === 'lfs' && file.state !== 'ready');
      await runConcurrently(rest, FILES_AT_ONCE, (file) => sendOne(file, { repo, hasher, signal }));
    } finally {
      hasher.close();
      signal.removeEventListener('abort', stop);
    }
    const failed = state.files.filter((file) => file.state === 'failed').length;
    if (failed) throw new Error(failed === 1 ? 'One file was not uploaded.' : `${failed} files were not uploaded.`);
  }

  /** What goes wrong is told at the file, and the others go on. */
  async function sendOne(file: UploadFile, { repo, hasher, signal }: Sending): Promise<void> {
    const onProgress = (bytes: number): void => void (file.done = bytes);
    try {
      file.state = 'hashing';
      file.oid ??= await hasher.sha256(file.content, onProgress);
      Object.assign(file, { state: 'sending', done: 0 });
      const sending = large.get(file.path) ?? new LfsUpload(repo, { content: file.content, oid: file.oid });
      large.set(file.path, sending);
      await sending.send({ onProgress, signal });
      Object.assign(file, { state: 'ready', done: file.content.size });
    } catch (error) {
      if (signal.aborted) throw error;
      blame(file, errorMessage(error));
    }
  }

  function commit({ repo, branch, folder, summary, description }: UploadTarget): Promise<CommitAnswer> {
    const { signal } = stopper;
    const named = wanted.value.map((file) => ({ ...file, path: pathIn(folder, file.path) }));
    const regular = named.filter(({ mode }) => mode === 'regular');
    const bytes = regular.reduce((sum, { content }) => sum + content.size, 0);
    const wish = {
      ...{ summary, description: description || undefined, files: regular },
      large: named
        .filter(({ mode }) => mode === 'lfs')
        .map(({ path, oid, content }) => ({ path, oid: oid!, size: content.size })),
    };
    // base64 makes a body of four bytes from three
    const onProgress = (body: number): void => void (state.committed = Math.min(bytes, Math.floor((body * 3) / 4)));
    return withRetry(() => createCommit(repo, branch, wish, { onProgress, signal }), signal);
  }

  const stop = (): void => stopper.abort(new DOMException('The upload was stopped', 'AbortError'));
  return { state, busy, total, sent, add, remove, clear, start, stop };
}
