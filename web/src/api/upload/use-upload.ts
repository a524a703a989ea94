import { computed, reactive } from 'vue';
import { errorMessage } from '@/api/use-action';
import { createCommit, type CommitResult } from '@/api/commits';
import type { RepoName } from '@/api/repositories';
import type { SelectedFile } from './selected-files';
import { FileHasher } from './file-hasher';
import { runConcurrently } from './run-concurrently';
import { LfsUpload } from './lfs-upload';
import { FilesRejected, preuploadFiles, type FileUploadMode } from './preupload';
import { withRetry } from './with-retry';

const CONCURRENT_FILES = 2;

export type FileState = 'waiting' | 'hashing' | 'sending' | 'ready' | 'failed' | 'ignored';

export interface UploadFile extends SelectedFile {
  state: FileState;
  /** Bytes hashed or sent so far. */
  done: number;
  error?: string;
  mode?: FileUploadMode['uploadMode'];
  /** SHA-256, for LFS files. */
  oid?: string;
}

export type Phase = 'choosing' | 'sending' | 'committing' | 'done';

export interface UploadTarget {
  readonly repo: RepoName;
  readonly branch: string;
  /** Empty for the root. */
  readonly folder: string;
  readonly summary: string;
  readonly description: string;
}

interface SendContext {
  readonly repo: RepoName;
  readonly hasher: FileHasher;
  readonly signal: AbortSignal;
}

const pathIn = (folder: string, path: string): string => (folder ? `${folder}/${path}` : path);

/** Uploads files in one commit. If something fails, starting again continues with what has already been uploaded. */
export function useUpload() {
  const state = reactive({
    files: [] as UploadFile[],
    phase: 'choosing' as Phase,
    error: undefined as string | undefined,
    /** Bytes of the commit body sent so far. */
    committed: 0,
    result: undefined as CommitResult | undefined,
  });
  /** Unfinished LFS uploads by path, so that they can be resumed. */
  const lfsUploads = new Map<string, LfsUpload>();
  let abortController = new AbortController();

  const included = computed(() => state.files.filter((file) => file.state !== 'ignored'));
  const busy = computed(() => state.phase === 'sending' || state.phase === 'committing');
  const total = computed(() => included.value.reduce((sum, { content }) => sum + content.size, 0));
  const sent = computed(() => {
    const lfsBytes = included.value
      .filter((file) => file.mode === 'lfs' && (file.state === 'sending' || file.state === 'ready'))
      .reduce((sum, { done }) => sum + done, 0);
    return state.phase === 'done' ? total.value : Math.min(lfsBytes + state.committed, total.value);
  });

  function add(files: readonly SelectedFile[]): void {
    for (const { path, content } of files) {
      remove(path); // a file with the same path is replaced
      state.files.push({ path, content, state: 'waiting', done: 0 });
    }
    if (state.phase === 'done') state.phase = 'choosing';
  }

  function remove(path: string): void {
    state.files = state.files.filter((file) => file.path !== path);
    lfsUploads.delete(path);
  }

  function clear(): void {
    Object.assign(state, { files: [], phase: 'choosing', error: undefined, committed: 0, result: undefined });
    lfsUploads.clear();
  }

  async function start(target: UploadTarget): Promise<void> {
    abortController = new AbortController();
    Object.assign(state, { phase: 'sending', error: undefined, committed: 0 });
    for (const file of state.files)
      if (file.state !== 'ready') Object.assign(file, { state: 'waiting', done: 0, error: undefined });
    try {
      await assignModes(target);
      await sendLfsFiles(target.repo);
      state.phase = 'committing';
      state.result = await commit(target);
      state.phase = 'done';
    } catch (error) {
      state.phase = 'choosing';
      for (const file of state.files)
        if (file.state === 'hashing' || file.state === 'sending') Object.assign(file, { state: 'waiting', done: 0 });
      if (!abortController.signal.aborted) state.error = errorMessage(error);
    }
  }

  async function assignModes({ repo, branch, folder }: UploadTarget): Promise<void> {
    const named = state.files.map(({ path, content }) => ({ path: pathIn(folder, path), content }));
    const modes = await preuploadFiles(repo, branch, named, abortController.signal).catch((error: unknown) => {
      if (error instanceof FilesRejected)
        for (const file of state.files) markFailed(file, error.reasons.get(pathIn(folder, file.path)));
      throw error;
    });
    for (const file of state.files) {
      const { uploadMode, shouldIgnore } = modes.get(pathIn(folder, file.path))!;
      file.mode = uploadMode;
      if (shouldIgnore) file.state = 'ignored';
    }
    if (!included.value.length) throw new Error('Nothing to upload: all files are excluded by .gitignore.');
  }

  function markFailed(file: UploadFile, error: string | undefined): void {
    if (error !== undefined) Object.assign(file, { state: 'failed', error });
  }

  async function sendLfsFiles(repo: RepoName): Promise<void> {
    const { signal } = abortController;
    const hasher = new FileHasher();
    const stop = (): void => hasher.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const remaining = included.value.filter((file) => file.mode === 'lfs' && file.state !== 'ready');
      await runConcurrently(remaining, CONCURRENT_FILES, (file) => sendLfsFile(file, { repo, hasher, signal }));
    } finally {
      hasher.close();
      signal.removeEventListener('abort', stop);
    }
    const failed = state.files.filter((file) => file.state === 'failed').length;
    if (failed)
      throw new Error(failed === 1 ? '1 file could not be uploaded.' : `${failed} files could not be uploaded.`);
  }

  /** An error is recorded on the file and does not stop the others. */
  async function sendLfsFile(file: UploadFile, { repo, hasher, signal }: SendContext): Promise<void> {
    const onProgress = (bytes: number): void => void (file.done = bytes);
    try {
      file.state = 'hashing';
      file.oid ??= await hasher.sha256(file.content, onProgress);
      Object.assign(file, { state: 'sending', done: 0 });
      const upload = lfsUploads.get(file.path) ?? new LfsUpload(repo, { content: file.content, oid: file.oid });
      lfsUploads.set(file.path, upload);
      await upload.send({ onProgress, signal });
      Object.assign(file, { state: 'ready', done: file.content.size });
    } catch (error) {
      if (signal.aborted) throw error;
      markFailed(file, errorMessage(error));
    }
  }

  function commit({ repo, branch, folder, summary, description }: UploadTarget): Promise<CommitResult> {
    const { signal } = abortController;
    const named = included.value.map((file) => ({ ...file, path: pathIn(folder, file.path) }));
    const regular = named.filter(({ mode }) => mode === 'regular');
    const bytes = regular.reduce((sum, { content }) => sum + content.size, 0);
    const request = {
      summary,
      description: description || undefined,
      files: regular,
      large: named
        .filter(({ mode }) => mode === 'lfs')
        .map(({ path, oid, content }) => ({ path, oid: oid!, size: content.size })),
    };
    // Base64 encodes three bytes as four.
    const onProgress = (body: number): void => void (state.committed = Math.min(bytes, Math.floor((body * 3) / 4)));
    return withRetry(() => createCommit(repo, branch, request, { onProgress, signal }), signal);
  }

  const stop = (): void => abortController.abort(new DOMException('The upload was cancelled', 'AbortError'));
  return { state, busy, total, sent, add, remove, clear, start, stop };
}
